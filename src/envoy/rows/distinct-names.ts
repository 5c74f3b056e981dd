/** Makes domains and server names unique. Envoy rejects duplicates, and compares names without regard to case. */

/** Returns the names that nobody took before, in lower case. */
export type TakeNames = (wanted: readonly string[]) => readonly string[];

/** Nobody may take `*`, which matches requests for unknown hosts. */
export function distinctNames(): TakeNames {
  const taken = new Set<string>(['*']);
  return (wanted) => {
    const names = [...new Set(wanted.map((name) => name.toLowerCase()))].filter((name) => !taken.has(name));
    for (const name of names) taken.add(name);
    return names;
  };
}
