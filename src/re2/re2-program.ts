/**
 * The size of RE2's program for an expression; Envoy rejects large programs. `re2js` compiles to instructions over code points. RE2
 * works on bytes (Latin-1) and flattens its program into lists: a list contains the instructions that are reachable without reading,
 * and a jump leads to the start of a list. The size is exact, except that it is too large where RE2 simplifies more than `re2js`.
 * https://github.com/google/re2/blob/main/re2/prog.cc (`Prog::Flatten`)
 */
import { engine } from './engine.js';

/** Envoy's default for the runtime key `re2.max_program_size.error_level`. */
export const LARGEST_PROGRAM = 100;

/** The operations of instructions, with RE2's numbers. */
const Op = {
  ALT: 1,
  ALT_MATCH: 2,
  CAPTURE: 3,
  EMPTY_WIDTH: 4,
  FAIL: 5,
  MATCH: 6,
  NOP: 7,
  ANY: 10,
  ANY_NOT_NEWLINE: 11,
} as const;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const LAST_BYTE = 0xff;

interface Re2Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
}

interface Program {
  readonly inst: readonly Re2Instruction[];
  readonly start: number;
}

/** `jump`: continues with each of `next` without reading. `read`: reads with `size` instructions and continues in a new list. */
interface Instruction {
  readonly kind: 'jump' | 'read' | 'end';
  readonly size: number;
  readonly next: readonly number[];
}

/** `text` must be valid. Infinite if the program is clearly larger than Envoy's limit. */
export function programSize(text: string): number {
  const program = engine().RE2JS.compile(text).re2().prog as Program;
  const instructions = program.inst.map(toInstruction);
  if (instructions.filter(({ kind, size }) => kind === 'read' && size > 0).length > LARGEST_PROGRAM) return Infinity;
  countMatchingAll(program, instructions);
  dropEnd(program, instructions);
  const anchored = dropBegin(program, instructions);
  if (anchored !== undefined) return sizeOfLists(instructions, anchored, anchored);
  const loop = instructions.length;
  instructions.push(jump(program.start, loop + 1), read(1, loop));
  return sizeOfLists(instructions, program.start, loop);
}

function toInstruction(instruction: Re2Instruction): Instruction {
  const { op, out, arg } = instruction;
  switch (op) {
    case Op.ALT:
    case Op.ALT_MATCH:
      return jump(out, arg);
    case Op.NOP:
      return jump(out);
    case Op.CAPTURE:
      return arg < 2 ? jump(out) : read(1, out);
    case Op.EMPTY_WIDTH:
      return read(1, out);
    case Op.FAIL:
    case Op.MATCH:
      return { kind: 'end', size: 1, next: [] };
    default:
      return read(byteRanges(instruction), out);
  }
}

function jump(...next: readonly number[]): Instruction {
  return { kind: 'jump', size: 0, next };
}

function read(size: number, out: number): Instruction {
  return { kind: 'read', size, next: [out] };
}

/** The number of byte ranges of an instruction in RE2. With both cases present, upper-case ranges are folded into lower-case ones. */
function byteRanges({ op, runes }: Re2Instruction): number {
  if (op === Op.ANY) return 1;
  if (op === Op.ANY_NOT_NEWLINE) return 2;
  if (runes.length === 1) return (runes[0] ?? 0) > LAST_BYTE ? 0 : 1;
  const ranges = Array.from(
    { length: runes.length / 2 },
    (_, i) => [runes[2 * i] ?? 0, runes[2 * i + 1] ?? 0] as const,
  );
  const inBytes = ranges.filter(([low]) => low <= LAST_BYTE);
  const has = (code: number): boolean => inBytes.some(([low, high]) => low <= code && code <= high);
  const folds = upperCase.every((code) => has(code) === has(code + 0x20));
  return folds ? inBytes.filter(([low, high]) => low < 0x41 || high > 0x5a).length : inBytes.length;
}

const upperCase: readonly number[] = Array.from({ length: 26 }, (_, i) => 0x41 + i);

/** The start of the program without a leading `^` or `\A`, for which RE2 has no instruction. */
function dropBegin({ inst, start }: Program, instructions: Instruction[]): number | undefined {
  let at = start;
  while (inst[at]?.op === Op.CAPTURE || inst[at]?.op === Op.NOP) at = inst[at]?.out ?? 0;
  const { op, arg, out } = inst[at] ?? FAIL;
  if (op !== Op.EMPTY_WIDTH || arg !== BEGIN_TEXT || predecessors(instructions, at).length > (at === start ? 0 : 1))
    return undefined;
  instructions[at] = jump(out);
  return at === start ? out : start;
}

/** The same for a trailing `$` or `\z`. */
function dropEnd({ inst }: Program, instructions: Instruction[]): void {
  let at = inst.findIndex(({ op }) => op === Op.MATCH);
  for (;;) {
    const [before, ...others] = predecessors(instructions, at);
    if (before === undefined || others.length > 0) return;
    at = before;
    const { op, arg, out } = inst[at] ?? FAIL;
    if (op === Op.EMPTY_WIDTH && arg === END_TEXT) instructions[at] = jump(out);
    if (op !== Op.CAPTURE && op !== Op.NOP) return;
  }
}

const FAIL: Re2Instruction = { op: Op.FAIL, out: 0, arg: 0, runes: [] };

function predecessors(instructions: readonly Instruction[], of: number): readonly number[] {
  return instructions.flatMap(({ next }, i) => (next.includes(of) ? [i] : []));
}

/** RE2 has one more instruction for a loop over any bytes before the end (`(?s).*`). */
function countMatchingAll({ inst }: Program, instructions: Instruction[]): void {
  const skip = (at: number): number =>
    inst[at]?.op === Op.NOP || (inst[at]?.op === Op.CAPTURE && inst[at].arg < 2) ? skip(inst[at].out) : at;
  inst.forEach(({ op, out, arg }, at) => {
    if (op !== Op.ALT) return;
    const loops = (to: number): boolean => inst[to]?.op === Op.ANY && skip(inst[to].out) === at;
    const ends = (to: number): boolean => inst[skip(to)]?.op === Op.MATCH;
    if ((loops(out) && ends(arg)) || (loops(arg) && ends(out))) instructions[at] = { ...jump(out, arg), size: 1 };
  });
}

/** The instructions of all lists, including a jump for each list that they continue with. */
function sizeOfLists(instructions: readonly Instruction[], start: number, first: number): number {
  const heads = headsOfLists(instructions, start, first);
  let size = 0;
  for (const head of heads) {
    for (const at of listOf(instructions, heads, head))
      size += at !== head && heads.has(at) ? 1 : (instructions[at]?.size ?? 0);
  }
  return size;
}

/** The starts of lists: the instructions after a read, and those that several lists jump to. The failure (0) is always one. */
function headsOfLists(instructions: readonly Instruction[], start: number, first: number): ReadonlySet<number> {
  const heads = new Set([0, first, start]);
  const jumpsTo = new Map<number, number[]>();
  for (const at of reachable(instructions, first)) {
    const { kind, next } = instructions[at] ?? jump();
    for (const to of next) {
      if (kind === 'read') heads.add(to);
      else jumpsTo.set(to, [...(jumpsTo.get(to) ?? []), at]);
    }
  }
  for (const head of [...heads].sort((a, b) => b - a)) {
    if (head === 0 || head === start || head === first) continue;
    const list = listOf(instructions, heads, head);
    for (const at of list) if (jumpsTo.get(at)?.some((from) => !list.has(from))) heads.add(at);
  }
  return heads;
}

function reachable(instructions: readonly Instruction[], first: number): ReadonlySet<number> {
  const seen = new Set([first]);
  for (const at of seen) for (const to of instructions[at]?.next ?? []) seen.add(to);
  return seen;
}

/** The instructions that are reachable from the start of a list without reading, up to the starts of other lists. */
function listOf(instructions: readonly Instruction[], heads: ReadonlySet<number>, head: number): ReadonlySet<number> {
  const list = new Set([head]);
  for (const at of list) {
    if (at !== head && heads.has(at)) continue;
    const { kind, next } = instructions[at] ?? jump();
    if (kind === 'jump') for (const to of next) list.add(to);
  }
  return list;
}
