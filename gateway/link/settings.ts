/** How patient the two ends of the link between edge and gateway are. */
import { MILLISECOND_NS, SECOND_NS } from '#engine';

/** The edge lets itself be heard this often, also when it has nothing to say. */
export const PING_NS = 250 * MILLISECOND_NS;
/** Without a word for this long the other side counts as gone. */
export const EDGE_LOST_NS = SECOND_NS;
/** Between two tries of the edge to connect. */
export const RETRY_NS = 200 * MILLISECOND_NS;
/** As RETRY_NS, where the two nodes of a pair take turns: an edge must not hold a takeover up. */
export const TURN_NS = 10 * MILLISECOND_NS;
