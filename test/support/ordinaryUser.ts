/** Tests of permissions, which the superuser does not need. */

/** The user "nobody" of most systems; any number but 0 does. */
const NOBODY = 65_534;

/** Runs `action` as somebody who is bound by permissions, even where the tests run as root. */
export async function asOrdinaryUser<Result>(action: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
