/** Prints the calculation for large fleets from the results of the last measurement. */
import { markdownTable } from '../report/format.js';
import { readFigures } from '../figures.js';
import { costsOf } from './costs.js';
import { lossTable, sizingTable } from './tables.js';

const costs = costsOf(readFigures());
const TEXT =
  costs === undefined
    ? 'The last measurement lacks what this needs.'
    : [sizingTable(costs), lossTable(costs)].map((table) => markdownTable(table)).join('\n\n');
process.stdout.write(`${TEXT}\n`);
