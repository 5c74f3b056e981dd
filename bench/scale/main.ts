/** Prints the calculation for large fleets from the results of the last measurement. */
import { markdownTable } from '../report/format.js';
import { readResults } from '../results.js';
import { costsOf } from './costs.js';
import { lossTable, sizingTable } from './tables.js';

const costs = costsOf(readResults());
const TEXT =
  costs === undefined
    ? 'The last measurement lacks what this needs.'
    : [sizingTable(costs), lossTable(costs)].map((table) => markdownTable(table)).join('\n\n');
process.stdout.write(`${TEXT}\n`);
