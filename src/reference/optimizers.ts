/** One update of parameters w from their gradients, by each rule, in plain float64. */

export interface Rule {
  readonly name: "sgd" | "momentum" | "nesterov" | "rmsprop" | "adam";
  readonly learningRate: number;
  readonly weightDecay: number;
  /** µ, ρ or β₁. */
  readonly momentum: number;
  /** β₂ */
  readonly secondMomentum: number;
  readonly epsilon: number;
}

/** What a rule remembers of each parameter; zeros at first. */
export interface RuleState {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Changes w and the state in place; `update` counts from 1. */
export function applyRule(
  rule: Rule,
  w: Float64Array,
  gradient: Float64Array,
  { first, second }: RuleState,
  update: number,
): void {
  const { name, learningRate, weightDecay, momentum, secondMomentum, epsilon } = rule;
  for (let index = 0; index < w.length; index++) {
    const g = gradient[index];
    w[index] *= 1 - learningRate * weightDecay;
    switch (name) {
      case "sgd":
        w[index] -= learningRate * g;
        break;
      case "momentum":
        first[index] = momentum * first[index] + g;
        w[index] -= learningRate * first[index];
        break;
      case "nesterov":
        first[index] = momentum * first[index] + g;
        w[index] -= learningRate * (g + momentum * first[index]);
        break;
      case "rmsprop":
        first[index] = momentum * first[index] + (1 - momentum) * g * g;
        w[index] -= (learningRate * g) / (Math.sqrt(first[index]) + epsilon);
        break;
      case "adam": {
        first[index] = momentum * first[index] + (1 - momentum) * g;
        second[index] = secondMomentum * second[index] + (1 - secondMomentum) * g * g;
        const mean = first[index] / (1 - momentum ** update);
        const square = second[index] / (1 - secondMomentum ** update);
        w[index] -= (learningRate * mean) / (Math.sqrt(square) + epsilon);
      }
    }
  }
}
