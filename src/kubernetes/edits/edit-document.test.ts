/** Edits of documents: what differs is written, everything else stays. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { editDocument } from './edit-document.js';

interface Case {
  readonly title: string;
  readonly before: string;
  readonly change: (value: Root) => void;
  readonly after: string;
}

/** What the texts of the cases mean. */
interface Root {
  spec: Record<string, unknown>;
}

const SIDECAR = { name: 's', image: 'i' };

const CASES: readonly Case[] = [
  {
    title: 'an entry is added below the key of its mapping, so that comments stay where they belong',
    before: 'spec: # pod\n  # the app\n  app: a # app\n# end\n',
    change: ({ spec }) => (spec['first'] = SIDECAR),
    after: 'spec: # pod\n  first:\n    name: s\n    image: i\n  # the app\n  app: a # app\n# end\n',
  },
  {
    title: 'an item is added in front of the others, with their indentation',
    before:
      'spec:\n    list: # of all\n      # one\n      -   name: a\n          b: |\n            x\n\n      - name: c\n',
    change: ({ spec }) => (spec['list'] = [SIDECAR, ...(spec['list'] as object[])]),
    after:
      'spec:\n    list: # of all\n      - name: s\n        image: i\n      # one\n      -   name: a\n          b: |\n            x\n\n      - name: c\n',
  },
  {
    title: 'new lists are indented as the others are',
    before: 'spec:\n  old:\n    - a\n',
    change: ({ spec }) => (spec['list'] = [SIDECAR]),
    after: 'spec:\n  list:\n    - name: s\n      image: i\n  old:\n    - a\n',
  },
  {
    title: 'an item is added after the last, also where the text ends without a line feed',
    before: 'spec:\n  list:\n  - a # first',
    change: ({ spec }) => (spec['list'] = ['a', 'b']),
    after: 'spec:\n  list:\n  - a # first\n  - b',
  },
  {
    title: 'an item is replaced in its place, and the comment after it stays',
    before: 'spec:\n  list:\n  - a: 1\n  - name: s\n    image: old # pinned\n  # next\n  - b: 1\n',
    change: ({ spec }) => (spec['list'] = [{ a: 1 }, SIDECAR, { b: 1 }]),
    after: 'spec:\n  list:\n  - a: 1\n  - name: s # pinned\n    image: i\n  # next\n  - b: 1\n',
  },
  {
    title: 'an item that ends with a block scalar is replaced by another',
    before: 'spec:\n  list:\n  - name: s\n    text: |\n      a\n      b\n  - b: 1\n',
    change: ({ spec }) => (spec['list'] = [{ name: 's', text: 'c\n' }, { b: 1 }]),
    after: 'spec:\n  list:\n  - name: s\n    text: |\n      c\n  - b: 1\n',
  },
  {
    title: 'items and entries are removed with their lines',
    before: 'spec:\n  list:\n  - name: s\n    image: i\n  - name: c # own\n  gone:\n    a: 1\n  kept: 1\n',
    change: ({ spec }) => {
      spec['list'] = [{ name: 'c' }];
      delete spec['gone'];
    },
    after: 'spec:\n  list:\n  - name: c # own\n  kept: 1\n',
  },
  {
    title: 'an entry without a value gets one',
    before: 'spec:\n  list: # none yet\n  a: 1\n',
    change: ({ spec }) => (spec['list'] = [SIDECAR]),
    after: 'spec:\n  list: # none yet\n  - name: s\n    image: i\n  a: 1\n',
  },
  {
    title: 'an empty mapping in flow style gets entries',
    before: 'spec:\n  map: {}   # empty\n  a: 1\n',
    change: ({ spec }) => (spec['map'] = { k: 'v' }),
    after: 'spec:\n  map:   # empty\n    k: v\n  a: 1\n',
  },
  {
    title: 'an alias is written out where it changes; its anchor stays',
    before: 'spec:\n  a: &a {x: 1}\n  b: *a\n',
    change: ({ spec }) => (spec['b'] = { x: 1, z: 2 }),
    after: 'spec:\n  a: &a {x: 1}\n  b:\n    x: 1\n    z: 2\n',
  },
  {
    title: 'what a merge key brings is overridden',
    before: 'base: &base\n  list: [a]\nspec:\n  <<: *base\n  c: 1\n',
    change: ({ spec }) => (spec['list'] = ['a', 'b']),
    after: 'base: &base\n  list: [a]\nspec:\n  list:\n  - a\n  - b\n  <<: *base\n  c: 1\n',
  },
  {
    title: 'flow style in one line stays in one line',
    before: 'spec: {list: [{name: c}], gone: 1, a: 1} # flow\n',
    change: ({ spec }) => {
      spec['list'] = [SIDECAR, { name: 'c' }, 'z'];
      spec['new'] = true;
      delete spec['gone'];
    },
    after: 'spec: {"new": true, list: [{"name": "s", "image": "i"}, {name: c}, "z"], a: 1} # flow\n',
  },
  {
    title: 'JSON in lines keeps its indentation',
    before: '{\n    "spec": {\n        "list": [\n            "a"\n        ],\n        "gone": 1\n    }\n}\n',
    change: ({ spec }) => {
      spec['list'] = ['a', SIDECAR];
      spec['new'] = {};
      delete spec['gone'];
    },
    after:
      '{\n    "spec": {\n        "new": {},\n        "list": [\n            "a",\n            {\n                "name": "s",\n                "image": "i"\n            }\n        ]\n    }\n}\n',
  },
  {
    title: 'lines end as the others do',
    before: 'spec:\r\n  a: 1\r\n',
    change: ({ spec }) => (spec['new'] = SIDECAR),
    after: 'spec:\r\n  new:\r\n    name: s\r\n    image: i\r\n  a: 1\r\n',
  },
  {
    title: 'texts that look like other types are quoted as kubectl reads YAML',
    before: 'spec:\n  a: 1\n',
    change: ({ spec }) => (spec['new'] = ['on', '1', '0x1', '1:30', 'null', '']),
    after: 'spec:\n  new:\n  - "on"\n  - "1"\n  - "0x1"\n  - "1:30"\n  - "null"\n  - ""\n  a: 1\n',
  },
];

describe('editDocument', () => {
  for (const { title, before, change, after } of CASES)
    it(title, () => {
      const target = structuredClone(meaning(before));
      change(target);
      assert.equal(editDocument(before, meaning(before), target), after);
    });

  it('leaves a text as it is if its meaning does not change, whatever the order of keys', () => {
    const text = 'spec: {b: 1,   a: [ ]}';
    assert.equal(editDocument(text, meaning(text), { spec: { a: [], b: 1 } }), text);
  });

  it('refuses a change that would show elsewhere, through an alias', () => {
    const text = 'spec: &spec\n  a: 1\nother: *spec\n';
    assert.equal(editDocument(text, meaning(text), { spec: { a: 1, b: 2 }, other: { a: 1 } }), undefined);
  });
});

function meaning(text: string): Root {
  return parse(text, { merge: true }) as Root;
}
