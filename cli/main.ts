/** The `outrider` command: its exit status is that of what was asked for. */
import { dispatch } from './dispatch.ts';

process.exitCode = await dispatch(process.argv.slice(2));
