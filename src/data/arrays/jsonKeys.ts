/** Keys of JSON objects, of which `JSON.parse` keeps the last where one stands twice. */

/**
 * The first key that an object of `text` has twice, however it is spelt; undefined where there is none.
 *
 * @param text JSON that has been parsed without an error
 */
export function findRepeatedKey(text: string): string | undefined {
  // For each open object its keys so far, for each open list nothing. A list of its own, as calls can nest less deep.
  const open: (Set<string> | undefined)[] = [];
  let latest = "";
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        latest = text.slice(at, end);
        at = end - 1;
        break;
      }
      case ":": {
        const key: string = JSON.parse(latest);
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
        break;
      }
      case "{":
        open.push(new Set());
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
    }
  }
  return undefined;
}

/** The position behind the quote that closes the string at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
