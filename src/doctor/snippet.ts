/** The lines that people paste into their own program to dump one training step. */
import type { Language } from "./finding.js";

/**
 * The lines to paste into a program so that it dumps one training step for `diagnose`.
 *
 * @param layers layers with weights; of PyTorch they are found out
 */
export function snippet(language: Language, layers: number): string {
  switch (language) {
    case "numpy":
      return numpy(layers);
    case "pytorch":
      return PYTORCH;
    case "javascript":
      return javascript(layers);
  }
}

function each(layers: number, ...names: string[]): string[] {
  return Array.from({ length: layers }, (_, index) =>
    names.map((name) => name.replace("*", String(index + 1))),
  ).flat();
}

function numpy(layers: number): string {
  const keep = (names: readonly string[]) => names.map((name) => `${name}=${name}`).join(", ");
  const copies = each(layers, "W*", "b*").map((name) => `${name}=${name}.copy()`);
  const news = each(layers, "W*", "b*").map((name) => `${name}_new=${name}`);
  return `# 1. Before the step begins; use your own names on the right of each "=".
dump = dict(X=X, Y=Y, ${copies.join(", ")})

# 2. After the update. Leave out what your program does not have.
import numpy as np
np.savez("step.npz", **dump,
         ${keep(each(layers, "Z*", "A*"))}, loss=loss,
         ${keep(each(layers, "dZ*", "dW*", "db*"))}, lr=learning_rate,
         ${news.join(", ")}, accuracy=accuracy)

# 3. In a shell: wasmlp doctor dump step.npz
`;
}

const PYTORCH = `# 1. Before the step begins: model, X (a batch), Y (labels) and optimizer are yours.
import numpy as np, torch
dump, linears = {"X": X, "Y": Y}, [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
for l, m in enumerate(linears, 1):
    dump[f"W{l}"] = m.weight.detach().clone()
    if m.bias is not None: dump[f"b{l}"] = m.bias.detach().clone()
    def keep(module, inputs, output, l=l):
        if l > 1: dump[f"A{l - 1}"] = inputs[0]
        dump[f"Z{l}"] = output
        output.register_hook(lambda gradient: dump.update({f"dZ{l}": gradient.clone()}))
    m.register_forward_hook(keep)

# 2. One step of yours: forward, loss, backward, optimizer.step().

# 3. After it.
dump["loss"], dump["lr"] = loss, torch.tensor(optimizer.param_groups[0]["lr"])
for l, m in enumerate(linears, 1):
    dump[f"dW{l}"], dump[f"W{l}_new"] = m.weight.grad, m.weight
    if m.bias is not None: dump[f"db{l}"], dump[f"b{l}_new"] = m.bias.grad, m.bias
np.savez("step.npz", **{name: a.detach().cpu().numpy() for name, a in dump.items()})

# 4. In a shell: wasmlp doctor dump step.npz
`;

function javascript(layers: number): string {
  const keep = (names: readonly string[]) => names.join(", ");
  const copies = each(layers, "W*", "b*").map((name) => `${name}: structuredClone(${name})`);
  const news = each(layers, "W*", "b*").map((name) => `${name}_new: ${name}`);
  return `// 1. Before the step begins. Arrays are numbers, rows of numbers, or typed arrays of them.
const dump = { X, Y, ${copies.join(", ")} };

// 2. After the update. Leave out what your program does not have.
Object.assign(dump, {
  ${keep(each(layers, "Z*", "A*"))}, loss,
  ${keep(each(layers, "dZ*", "dW*", "db*"))}, lr: learningRate,
  ${news.join(", ")}, accuracy,
});
const { mkdirSync, writeFileSync } = await import("node:fs");
mkdirSync("step", { recursive: true });
for (const [name, array] of Object.entries(dump)) {
  const shape = [];
  for (let a = array; typeof a === "object"; a = a[0]) shape.push(a.length);
  const flat = (a) => (typeof a === "object" ? Array.from(a).flatMap(flat) : [a]);
  const head = \`{'descr': '<f8', 'fortran_order': False, 'shape': (\${shape.map((n) => n + ",").join("")})}\`;
  const length = 64 * Math.ceil((head.length + 11) / 64) - 10;
  writeFileSync(\`step/\${name}.npy\`, Buffer.concat([
    Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, length & 255, length >> 8]),
    Buffer.from(head.padEnd(length - 1) + "\\n"), Buffer.from(new Float64Array(flat(array)).buffer),
  ]));
}

// 3. In a shell: wasmlp doctor dump step
`;
}
