/** Paths from the project's root: those that the package's entry points reach, and those that are named and not there. */
export function followEntryPoints(): { reached: Set<string>; missing: string[] };
