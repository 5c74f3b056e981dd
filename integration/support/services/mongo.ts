/**
 * The part of MongoDB's wire protocol that Envoy's mongo_proxy counts: one query and one reply.
 * https://www.mongodb.com/docs/manual/legacy-opcodes/
 */

const OP_REPLY = 1;
const OP_QUERY = 2004;

/** `db.reviews.find({ name: "who" })`. */
export function mongoQuery(): Buffer {
  const [flags, skip, limit] = [int32(0), int32(0), int32(1)];
  return message(OP_QUERY, Buffer.concat([flags, Buffer.from('db.reviews\0'), skip, limit, document('who')]));
}

/** One document, `{ name }`. */
export function mongoReply(name: string): Buffer {
  const [flags, cursor, startingFrom, count] = [int32(0), Buffer.alloc(8), int32(0), int32(1)];
  return message(OP_REPLY, Buffer.concat([flags, cursor, startingFrom, count, document(name)]));
}

/** The name in a reply. */
export function nameInReply(answer: string): string {
  return /\0name\0.{4}(.*?)\0/s.exec(`\0${answer.slice(answer.indexOf('name\0'))}`)?.[1] ?? '';
}

function message(opcode: number, body: Buffer): Buffer {
  return Buffer.concat([int32(16 + body.length), int32(1), int32(0), int32(opcode), body]);
}

/** BSON: `{ name: value }`. */
function document(value: string): Buffer {
  const text = Buffer.from(`${value}\0`);
  const element = Buffer.concat([Buffer.from([2]), Buffer.from('name\0'), int32(text.length), text]);
  return Buffer.concat([int32(4 + element.length + 1), element, Buffer.from([0])]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
