import assert from 'node:assert/strict';
import { TablePrinter, toTable } from './table.js';

describe('toTable', () => {
  it('accepts no two columns with the same name', () => {
    assert.throws(() => toTable(['SHARE', 'RULE', 'SHARE'], []), /same head/);
  });

  it('aligns columns without borders and without spaces at the ends of lines', () => {
    const table = toTable(
      ['KIND', 'NAME', 'MESSAGE'],
      [
        ['Node', 'n1', ''],
        ['FailoverService', 'a', 'some words'],
      ],
    );
    assert.equal(
      table,
      [
        'KIND              NAME   MESSAGE',
        'Node              n1     -',
        'FailoverService   a      some words',
        '',
      ].join('\n'),
    );
  });

  it('keeps each row on one line', () => {
    assert.equal(toTable(['A'], [['x\ny\u001b[31mz\u202eend']]), 'A\nx y [31mz end\n');
  });

  it('aligns characters of any width', () => {
    const rows = ['東京', 'ascii', 'e\u0301te\u0301', '🇪🇺'].map((name) => [name, '|']);
    assert.deepEqual(toTable(['NAME', 'END'], rows).split('\n'), [
      'NAME    END',
      '東京    |',
      'ascii   |',
      'e\u0301te\u0301     |',
      '🇪🇺      |',
      '',
    ]);
  });

  it('formats each row alike, for any number of rows', () => {
    // Widths are asked of each cell twice at most: by the row itself, and never by another one.
    let asked = 0;
    const cell = (text: string): string => {
      const counted = new String(text) as unknown as string;
      Object.defineProperty(counted, 'replace', {
        value: (...args: Parameters<string['replace']>) => ((asked += 1), text.replace(...args)),
      });
      return counted;
    };
    toTable(
      ['A', 'B'],
      Array.from({ length: 1_000 }, (_, row) => [cell(`a${String(row)}`), cell('b')]),
    );
    assert.equal(asked, 2_000);
  });
});

describe('TablePrinter', () => {
  it('prints headers once, and widens columns', () => {
    const printer = new TablePrinter(['NAME', 'STATE']);
    assert.equal(printer.print([['long-name', 'A']]), 'NAME        STATE\nlong-name   A\n');
    assert.equal(printer.print([['x', 'B']]), 'x           B\n');
    assert.equal(printer.print([['longer-name', 'C']]), 'longer-name   C\n');
    assert.equal(printer.print([]), '');
  });
});
