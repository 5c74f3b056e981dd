/**
 * Which files may import which within the folders of src, types included. `make lint` runs it; ESLint says the same of the folders themselves
 * (`eslint.config.js`). ARCHITECTURE.md says what each room is for.
 */

const { ROOMS } = require('./scripts/rooms.cjs');

function orderOfRooms([folder, rooms]) {
  return rooms.slice(0, -1).map((room, index) => ({
    name: `order-of-rooms: ${folder}/${room}`,
    severity: 'error',
    from: { path: `^src/${folder}/${room}/[^/]+$` },
    to: { path: `^src/${folder}/(${rooms.slice(index + 1).join('|')})/[^/]+$` },
  }));
}

module.exports = {
  forbidden: [
    { name: 'no-circle-of-files', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-circle-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    {
      name: 'rooms-import-no-files-of-the-folder-around-them',
      severity: 'error',
      from: { path: '^(src/.+)/[^/]+/[^/]+$' },
      to: { path: '^$1/[^/]+[.]ts$' },
    },
    ...Object.entries(ROOMS).flatMap(orderOfRooms),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', 'src/generated'] },
    exclude: { path: ['[.]test[.]ts$', '^src/testing/'] },
  },
};
