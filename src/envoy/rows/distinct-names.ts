/** Names that lead somewhere, each to one place only: Envoy rejects what says otherwise, and compares without regard to case. */

/** Takes the names that nobody has taken before, in lower case. */
export type TakeNames = (wanted: readonly string[]) => readonly string[];

/** `*` alone is nobody's: it is where what nobody is known for goes. */
export function distinctNames(): TakeNames {
  const taken = new Set<string>(['*']);
  return (wanted) => {
    const names = [...new Set(wanted.map((name) => name.toLowerCase()))].filter((name) => !taken.has(name));
    for (const name of names) taken.add(name);
    return names;
  };
}
