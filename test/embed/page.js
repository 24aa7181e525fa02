/** What the pages of browsers.slow.test.ts run: trains, and tells the test what came of it. */
const post = (answer) => fetch("/answer", { method: "POST", body: JSON.stringify(answer) });

try {
  const { result } = await import("./train.js");
  await post({ ...result, isolated: crossOriginIsolated });
} catch (error) {
  await post({ failed: `${error}` });
}
