/** Accounts of a desk file: what fills, fees and profit are booked to. */
import { z } from 'zod';
import { namedList, nameSchema } from './names.ts';

export const ACCOUNTS_MAX = 64;

const accountSchema = z.strictObject({ name: nameSchema });

export const accountsSchema = namedList(accountSchema, ACCOUNTS_MAX);
