/** Order rate: new and replaced orders in any second. */
import type { Control } from './control.ts';

export const orderRate: Control = {
  name: 'order-rate',
  objection(_intent, { recentOrders }, { ordersPerSecond: allowed }) {
    return recentOrders >= allowed ? { seen: recentOrders + 1, allowed } : undefined;
  },
};
