/*
 * The interface of wasmlp.wasm, for hosts in C and C++. Written by scripts/abi.mjs; docs/abi.md explains it.
 *
 * The structs stand in the module's linear memory, little-endian. The types of functions are those of
 * the module's exports: wasmlp_gemmNN is the type of the export "gemmNN".
 */
#ifndef WASMLP_H
#define WASMLP_H

#include <stdint.h>

#ifdef __cplusplus
#define WASMLP_SIZE(type, bytes) static_assert(sizeof(type) == bytes, #type)
extern "C" {
#else
#define WASMLP_SIZE(type, bytes) _Static_assert(sizeof(type) == bytes, #type)
#endif

/* A byte offset into linear memory; 0 where there is nothing. */
typedef uint32_t wasmlp_pointer;

enum {
  WASMLP_ACTIVATION_IDENTITY = 0,
  WASMLP_ACTIVATION_TANH = 1,
  WASMLP_ACTIVATION_RELU = 2,
  WASMLP_ACTIVATION_SIGMOID = 3,
  WASMLP_ACTIVATION_LEAKY_RELU = 4,
  WASMLP_ACTIVATION_GELU = 5,
  WASMLP_ACTIVATION_SILU = 6,
};

enum {
  WASMLP_LOSS_CROSS_ENTROPY = 0,
  WASMLP_LOSS_BINARY_CROSS_ENTROPY = 1,
  WASMLP_LOSS_MEAN_SQUARED_ERROR = 2,
};

enum {
  WASMLP_OPTIMIZER_SGD = 0,
  WASMLP_OPTIMIZER_MOMENTUM = 1,
  WASMLP_OPTIMIZER_NESTEROV = 2,
  WASMLP_OPTIMIZER_RMSPROP = 3,
  WASMLP_OPTIMIZER_ADAM = 4,
};

#define WASMLP_SPARSE_ROWS 128
#define WASMLP_BLOCK_UNITS 32
#define WASMLP_ENTRY_BYTES 8
#define WASMLP_TILE_INPUTS 64
#define WASMLP_TILE_FEATURES 112
#define WASMLP_TOTALS_BYTES 16

typedef struct {
  /* Number of layers, and their `LayerPlan`s one after another. */
  int32_t layerCount;
  wasmlp_pointer layers;
  /* The data set: inputs `[samples, features]`, bytes or float32, and labels `[samples]`,
   * int32. */
  int32_t samples;
  int32_t features;
  wasmlp_pointer inputs;
  int32_t inputsAreBytes;
  /* What an input is multiplied by: 1/255 for bytes, 1 for floats, and 1 / (1 − input
   * dropout). */
  float inputScale;
  /* Targets `[samples, outputs]`, float32; 0 where the labels are all there is. */
  wasmlp_pointer values;
  wasmlp_pointer labels;
  /* The order of the samples `[samples]`, int32; 0 for the order that they are stored in. */
  wasmlp_pointer order;
  /* What draws that order, anew at the first step of an epoch. */
  uint32_t seed;
  uint32_t epoch;
  /* Whether what the last step compressed or gathered is this step's batch too. */
  int32_t batchKept;
  /* Whether the packed weights are this run's already; only `predictAll` asks. */
  int32_t weightsKept;
  int32_t batchSize;
  /* The code of the loss, and the label smoothing of the cross-entropy, 0 to 1. */
  int32_t loss;
  float labelSmoothing;
  /* The code of the optimiser, and its `StepSettings`, one for each step. */
  int32_t optimizer;
  wasmlp_pointer settings;
  /* Largest norm of the gradient of all parameters, and of the weights into a unit; 0: no
   * limit. */
  float clipNorm;
  float maxNorm;
  /* Sums of squares of the gradient, a float64 for each tile of an update; 0 without
   * `clipNorm`. */
  wasmlp_pointer squares;
  /* Inputs that are changed for each batch, by augmentation or by dropout: two batches of
   * the data set's kind, of even and of odd steps, `preparedStride` bytes apart; 0 where
   * inputs stay as they are. */
  wasmlp_pointer prepared;
  wasmlp_pointer preparedStride;
  /* An `Augmentation` or 0; inputs are dropped with probability `inputDropout` / 2¹⁶. */
  wasmlp_pointer augmentation;
  int32_t inputDropout;
  /* Two `SparseBatch`es, of even and of odd steps; 0 when the first layer reads dense
   * inputs. With `sparsePerThread` every thread has two of its own, one thread's behind
   * another's. */
  wasmlp_pointer sparse;
  int32_t sparsePerThread;
  /* The batch, gathered: `[batchSize, features]` float32; 0 when it is compressed. */
  wasmlp_pointer batchInputs;
  /* The batch's targets `[batchSize, outputs]` where the loss compares outputs one by one. */
  wasmlp_pointer batchTargets;
  /* By position in the order, `[samples]`: each sample's label (int32), its loss (float32),
   * and the class that it was taken for (int32). */
  wasmlp_pointer targets;
  wasmlp_pointer losses;
  wasmlp_pointer predicted;
  /* What the network says of each sample, `[samples, outputs]`; 0 except for `predictAll`. */
  wasmlp_pointer outputs;
  /* Of each step of `predictAll` whether all its inputs, which are float32, are finite:
   * `[steps]`, int32; 0 where nobody asks. */
  wasmlp_pointer inputsAreFinite;
  /* Each thread's scratch memory, `scratchStride` bytes apart: `scratchBytes()` for the
   * matrix products, which smaller needs share, then ∂L/∂W for the tile of W that the
   * thread is updating, `[TILE_INPUTS, units]`. */
  wasmlp_pointer scratch;
  wasmlp_pointer scratchStride;
  /* A row for each step: loss summed over its samples (float64), correct samples (int32),
   * 0. */
  wasmlp_pointer totals;
  /* The threads that run the plan, where they meet (`barrier`), and how long they spin
   * there. */
  int32_t threads;
  wasmlp_pointer team;
  int32_t spins;
} wasmlp_plan;
WASMLP_SIZE(wasmlp_plan, 164);

typedef struct {
  /* Features in, units out. */
  int32_t inputs;
  int32_t units;
  /* The code of the activation; the identity where the loss takes logits. */
  int32_t activation;
  /* Units are dropped with probability `dropout` / 2¹⁶, and the others scaled by
   * `dropoutScale`. */
  int32_t dropout;
  float dropoutScale;
  /* `[inputs, units]` and `[units]` */
  wasmlp_pointer weights;
  wasmlp_pointer biases;
  /* a = f(z) `[batchSize, units]`; of the last layer what the loss takes. */
  wasmlp_pointer activations;
  /* f′(z) times what dropout does `[batchSize, units]`; 0 where f′ follows from a. */
  wasmlp_pointer factors;
  /* ∂L/∂z `[batchSize, units]` */
  wasmlp_pointer gradient;
  /* ∂L/∂b `[units]` */
  wasmlp_pointer biasGradient;
  /* Packed for `multiplyPacked`: W, which the product forward reads; Wᵀ, which the gradient
   * of the layer below reads; and ∂L/∂z, which the gradient of W reads. 0 where nothing
   * reads it. A layer over compressed inputs has W and ∂L/∂z in blocks instead
   * (`packBlocks`), and one whose ∂L/∂z is compressed Wᵀ (`transposeBlock`). */
  wasmlp_pointer packedWeights;
  wasmlp_pointer packedTransposed;
  wasmlp_pointer packedGradient;
  /* The optimiser's state, and the average of the parameters, of W (in blocks over
   * compressed inputs) and of b; 0 where there is none. */
  wasmlp_pointer weightFirst;
  wasmlp_pointer weightSecond;
  wasmlp_pointer weightAverage;
  wasmlp_pointer biasFirst;
  wasmlp_pointer biasSecond;
  wasmlp_pointer biasAverage;
  /* ∂L/∂W, laid out like the state; 0 where it need not outlive its tile (without
   * `clipNorm`). */
  wasmlp_pointer weightGradient;
  /* Sums of squares of W's columns, a row for each tile of rows; 0 without `maxNorm`. */
  wasmlp_pointer columnSquares;
  /* The activations of the layer below, compressed: a `SparseBatch`, or 0 where they are
   * read as they are. The first layer's inputs are the plan's. */
  wasmlp_pointer sparseInputs;
  /* ∂L/∂z, compressed by row for the gradient of the layer below: a `SparseBatch`, or 0. */
  wasmlp_pointer sparseGradient;
} wasmlp_layer_plan;
WASMLP_SIZE(wasmlp_layer_plan, 96);

typedef struct {
  float learningRate;
  /* 1 − learning rate · weight decay */
  float retained;
  /* µ of momentum, ρ of RMSprop, β₁ of Adam. */
  float momentum;
  /* β₂ of Adam. */
  float secondMomentum;
  float epsilon;
  /* 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) of Adam at its update number t. */
  float firstCorrection;
  float secondCorrection;
  /* By how much the average of the weights follows them in this step; 0 to 1. */
  float averaging;
} wasmlp_step_settings;
WASMLP_SIZE(wasmlp_step_settings, 32);

typedef struct {
  /* Of an image, in pixels; (width + 3) · (height + 2) < 2²³. */
  int32_t width;
  int32_t height;
  /* Both parts of the shift are uniform on [−shift, shift), in pixels. */
  float shift;
  /* The angle is uniform on [−rotation, rotation), in radians. */
  float rotation;
  /* The factors of x and of y are uniform on [1 − scale, 1 + scale), each its own. */
  float scale;
  /* Pixels to the side a pixel down, uniform on [−shear, shear). */
  float shear;
  /* α, in pixels; 0 for no displacement. */
  float elastic;
  /* By `prepareFilter` for the height and for the width, `filterBytes` each; unread if α is
   * 0. */
  wasmlp_pointer columnFilter;
  wasmlp_pointer rowFilter;
} wasmlp_augmentation;
WASMLP_SIZE(wasmlp_augmentation, 36);

typedef struct {
  int32_t features;
  /* Room for a chunk's entries, in bytes. */
  wasmlp_pointer chunkBytes;
  /* Entries by row, and of each chunk the addresses at which a row's begin, `[SPARSE_ROWS +
   * 1]`. */
  wasmlp_pointer rowEntries;
  wasmlp_pointer rowStarts;
  /* The same by feature, `[features + 1]` addresses; 0 where no gradient is wanted. */
  wasmlp_pointer featureEntries;
  wasmlp_pointer featureStarts;
  /* Room to count each chunk's entries by feature, `[features]` bytes. */
  wasmlp_pointer counts;
} wasmlp_sparse_batch;
WASMLP_SIZE(wasmlp_sparse_batch, 28);

/* a = f(z + bias), both `[rows, units]`, their rows `aStride` and `zStride` floats apart,
 * bias `[units]`; a may be z. Where `factors` is not 0 it gets f′(z + bias), laid out like
 * a. */
typedef void wasmlp_activate(int32_t activation, wasmlp_pointer a, wasmlp_pointer factors, int32_t aStride, wasmlp_pointer z, int32_t zStride, wasmlp_pointer bias, int32_t rows, int32_t units);

/* gradient `[count]` = ∂L/∂a becomes ∂L/∂z = ∂L/∂a ⊙ f′ in place: from the `factors` that
 * `activate` kept, or where that is 0 from a. */
typedef void wasmlp_differentiate(int32_t activation, wasmlp_pointer gradient, wasmlp_pointer a, wasmlp_pointer factors, int32_t count);

/* Bytes of scratch memory that a thread needs for `augmentRows`. */
typedef wasmlp_pointer wasmlp_augmentationScratchBytes(int32_t width, int32_t height);

/* target `[rows, height · width]` of bytes = distorted images of inputs `[samples, height ·
 * width]`: row i is of the sample at `position + i` of the order, and what it is distorted
 * by depends on seed, epoch and `position + i` alone. The result is rounded to the nearest
 * byte, ties to even. */
typedef void wasmlp_augmentRows(wasmlp_pointer target, wasmlp_pointer augmentation, wasmlp_pointer inputs, wasmlp_pointer order, int32_t position, int32_t rows, uint32_t seed, uint32_t epoch, wasmlp_pointer scratch);

/* Bytes of the Gaussian for rows or columns of `size` pixels. */
typedef wasmlp_pointer wasmlp_filterBytes(int32_t size);

/* filter `[size, size]` = exp(−(i − j)² / 2σ²) over the sum of exp(−d² / 2σ²) for all whole
 * d, in pairs of rows as `multiplyRow` reads them: noise beyond the edges counts as 0. σ >
 * 0, in pixels. */
typedef void wasmlp_prepareFilter(wasmlp_pointer filter, int32_t size, float sigma);

/* Waits until all `threads` threads are here: spinning for `spins` rounds, then asleep,
 * because waking up takes a thousand times as long as noticing while awake. The last one to
 * arrive opens the next round of claims, and passes on a request to stop, so that all
 * threads see the same. */
typedef void wasmlp_barrier(wasmlp_pointer team, int32_t threads, int32_t spins);

/* The next of `count` chunks or tiles that nobody has claimed since the last barrier, or
 * `count` when none is left. Thread t's share are those from count·t/threads to count·(t +
 * 1)/threads − 1. */
typedef int32_t wasmlp_claim(wasmlp_pointer team, int32_t thread, int32_t threads, int32_t count);

/* batch `[rows, features]` of float32 = samples of inputs `[samples, features]` of bytes,
 * times `scale`; row i is sample order[first + i], or first + i where `order` is 0. Cost: 5
 * bytes moved an element. No alignment needed. */
typedef void wasmlp_gatherBytes(wasmlp_pointer batch, wasmlp_pointer inputs, wasmlp_pointer order, int32_t first, int32_t rows, int32_t features, float scale);

/* batch `[rows, features]` = samples of inputs `[samples, features]`, both float32, times
 * `scale`; row i is sample order[first + i], or first + i where `order` is 0. Cost: 8 bytes
 * moved an element. No alignment needed. */
typedef void wasmlp_gatherFloats(wasmlp_pointer batch, wasmlp_pointer inputs, wasmlp_pointer order, int32_t first, int32_t rows, int32_t features, float scale);

/* batch `[rows]` = labels of the samples, both int32. */
typedef void wasmlp_gatherLabels(wasmlp_pointer batch, wasmlp_pointer labels, wasmlp_pointer order, int32_t first, int32_t rows);

/* targets `[rows, units]` (float32) = what the labels `[rows]` (int32) ask of the outputs:
 * 1 for the label's unit and 0 for the others; of a single unit, the label itself, 0 or 1. */
typedef void wasmlp_labelTargets(wasmlp_pointer targets, wasmlp_pointer labels, int32_t rows, int32_t units);

/* Compresses chunk `chunk` of a batch: `rows` samples of the data set from `position` on,
 * in their `order` or as they are stored where that is 0; inputs `[samples, features]` of
 * bytes or float32. For the gradient the rows are read twice: first each feature's entries
 * are counted, which says where they begin; then every entry goes to its places. Cost: 16
 * bytes written an entry. */
typedef void wasmlp_compressChunk(wasmlp_pointer batch, int32_t chunk, wasmlp_pointer inputs, int32_t inputsAreBytes, float scale, wasmlp_pointer order, int32_t position, int32_t rows);

/* The number of non-zero values among bytes `[count]`. */
typedef int32_t wasmlp_countNonZeroBytes(wasmlp_pointer bytes, int32_t count);

/* The number of non-zero values among float32 `[count]`. */
typedef int32_t wasmlp_countNonZeroFloats(wasmlp_pointer values, int32_t count);

/* Drops of bytes `[rows, features]`, as `dropUnits` does of float32, without scaling what
 * is left. */
typedef void wasmlp_dropBytes(wasmlp_pointer values, int32_t rows, int32_t features, int32_t position, int32_t threshold, uint32_t seed, uint32_t epoch, wasmlp_pointer words);

/* Drops of values `[rows, units]`, and of the `factors` of the backward pass where that is
 * not 0, rows `stride` floats apart; `values` is unit `firstUnit`, a multiple of 32, of the
 * sample at `position`. `words` is scratch memory, 64 bytes. */
typedef void wasmlp_dropUnits(wasmlp_pointer values, wasmlp_pointer factors, int32_t stride, int32_t rows, int32_t units, int32_t firstUnit, int32_t position, uint32_t layer, int32_t threshold, float scale, uint32_t seed, uint32_t epoch, wasmlp_pointer words);

/* target `[count]` = e^source; the two may be the same memory. */
typedef void wasmlp_expInto(wasmlp_pointer target, wasmlp_pointer source, int32_t count);

/* target `[count]` = ln source; the two may be the same memory. */
typedef void wasmlp_logInto(wasmlp_pointer target, wasmlp_pointer source, int32_t count);

/* target `[count]` = 1 / (1 + e^−source); the two may be the same memory. */
typedef void wasmlp_sigmoidInto(wasmlp_pointer target, wasmlp_pointer source, int32_t count);

/* target `[count]` = tanh source; the two may be the same memory. */
typedef void wasmlp_tanhInto(wasmlp_pointer target, wasmlp_pointer source, int32_t count);

/* C = A·B, or C += A·B if `accumulate`: C `[rows, columns]`, A `[rows, depth]`, B `[depth,
 * columns]`; `workspace` has `gemmWorkspace(columns, depth)` bytes. */
typedef void wasmlp_gemmNN(wasmlp_pointer c, wasmlp_pointer a, wasmlp_pointer b, wasmlp_pointer workspace, int32_t rows, int32_t columns, int32_t depth, int32_t accumulate);

/* C = A·Bᵀ with B stored `[columns, depth]`, or C += A·Bᵀ if `accumulate`; the rest as of
 * `gemmNN`. */
typedef void wasmlp_gemmNT(wasmlp_pointer c, wasmlp_pointer a, wasmlp_pointer b, wasmlp_pointer workspace, int32_t rows, int32_t columns, int32_t depth, int32_t accumulate);

/* C = Aᵀ·B with A stored `[depth, rows]`, or C += Aᵀ·B if `accumulate`; the rest as of
 * `gemmNN`. */
typedef void wasmlp_gemmTN(wasmlp_pointer c, wasmlp_pointer a, wasmlp_pointer b, wasmlp_pointer workspace, int32_t rows, int32_t columns, int32_t depth, int32_t accumulate);

/* Bytes of scratch memory that a product of this shape needs at `workspace`, 16-byte
 * aligned. */
typedef wasmlp_pointer wasmlp_gemmWorkspace(int32_t columns, int32_t depth);

/* Bytes of B `[depth, columns]` when packed. */
typedef wasmlp_pointer wasmlp_packedBytes(int32_t depth, int32_t columns);

/* Bytes of scratch memory that `multiplyPacked` needs, whatever the shape; 16-byte aligned. */
typedef wasmlp_pointer wasmlp_scratchBytes(void);

/* Binary cross-entropy of the logistic function of logits z `[rows, units]` against targets
 * t in [0, 1] of the same shape, in nats, the mean over the units: losses `[rows]` 1/units
 * Σ max(z, 0) − z·t + ln(1 + e^−|z|) gradient `[rows, units]` (σ(z) − t) · weight / units;
 * may be the same memory as the logits Cost: two exponentials and a logarithm an element.
 * No alignment needed. */
typedef void wasmlp_binaryCrossEntropy(wasmlp_pointer gradient, wasmlp_pointer losses, wasmlp_pointer logits, wasmlp_pointer targets, int32_t rows, int32_t units, float weight);

/* predicted `[rows]` (int32) = the first class with the largest of outputs `[rows, units]`;
 * of a single output, 1 where it is above `threshold` and else 0. */
typedef void wasmlp_classify(wasmlp_pointer predicted, wasmlp_pointer outputs, int32_t rows, int32_t units, float threshold);

/* values `[count]` = 1 / (1 + e^−values). Cost: one exponential an element. No alignment
 * needed. */
typedef void wasmlp_logistic(wasmlp_pointer values, int32_t count);

/* probabilities `[rows, classes]` = softmax of each row of logits `[rows, classes]`; the
 * two may be the same memory. The row's maximum is subtracted first, so that no exponential
 * overflows. Cost: one exponential an element, three passes over a row in cache. No
 * alignment needed. */
typedef void wasmlp_softmax(wasmlp_pointer probabilities, wasmlp_pointer logits, int32_t rows, int32_t classes);

/* Cross-entropy of the softmax of logits z `[rows, classes]` against labels `[rows]`
 * (int32), in nats, with target t_j = (1 − s)·[j = label] + s / classes, s the label
 * smoothing (Szegedy et al. 2016, section 7): losses `[rows]` ln Σ e^(z_j − m) − Σ t_j·(z_j
 * − m), m = max z predicted `[rows]`, int32 the first class with the largest logit gradient
 * `[rows, classes]` (softmax(z) − t) · weight, with weight = 1 / batch for a mean loss; may
 * be the same memory as the logits Cost: one exponential an element and one logarithm a
 * row. No alignment needed. */
typedef void wasmlp_softmaxCrossEntropy(wasmlp_pointer gradient, wasmlp_pointer losses, wasmlp_pointer predicted, wasmlp_pointer logits, wasmlp_pointer labels, int32_t rows, int32_t classes, float smoothing, float weight);

/* Squared error of outputs a `[rows, units]` against targets t of the same shape, the mean
 * over the units: losses `[rows]` 1/units Σ (a − t)² gradient `[rows, units]` ∂/∂a: 2·(a −
 * t) · weight / units; may be the same memory as the outputs Cost: 12 bytes moved an
 * element. No alignment needed. */
typedef void wasmlp_squaredError(wasmlp_pointer gradient, wasmlp_pointer losses, wasmlp_pointer outputs, wasmlp_pointer targets, int32_t rows, int32_t units, float weight);

/* squares `[columns]` = Σ over the rows of matrix² `[rows, columns]`. */
typedef void wasmlp_columnSquares(wasmlp_pointer squares, wasmlp_pointer matrix, int32_t rows, int32_t columns);

/* factors `[columns]` = min(1, limit / √s), s the sum of squares `[tiles, columns]`, its
 * rows `stride` floats apart, first tile first. Returns whether any of them is below 1. */
typedef int32_t wasmlp_normFactors(wasmlp_pointer factors, wasmlp_pointer squares, int32_t stride, int32_t tiles, int32_t columns, float limit);

/* matrix `[rows, columns]` *= factors `[columns]`, each row. */
typedef void wasmlp_scaleColumns(wasmlp_pointer matrix, wasmlp_pointer factors, int32_t rows, int32_t columns);

/* sums `[columns]` = the sum of each column of matrix `[rows, columns]`, first row first.
 * Eight rows are added from left to right before the next eight: memory is read in long
 * pieces. Going down the columns instead meets, in rows of 4 KB, the same few sets of a
 * cache again and again. Cost: 4 bytes read an element. No alignment needed. */
typedef void wasmlp_columnSums(wasmlp_pointer sums, wasmlp_pointer matrix, int32_t rows, int32_t columns);

/* How many of predicted `[count]` and labels `[count]`, both int32, are equal. */
typedef int32_t wasmlp_countCorrect(wasmlp_pointer predicted, wasmlp_pointer labels, int32_t count);

/* The sum of losses `[count]` in float64, first to last. */
typedef double wasmlp_sumOfLosses(wasmlp_pointer losses, int32_t count);

/* average `[count]` += rate · (parameters − average): an exponential moving average of the
 * weights (Polyak and Juditsky 1992). Cost: 12 bytes moved an element. */
typedef void wasmlp_follow(wasmlp_pointer average, wasmlp_pointer parameters, int32_t count, float rate);

/* Σ values² over `[count]` values, in float64: their overflow is not the squares'. Four
 * sums of two lanes cover the latency of an addition. */
typedef double wasmlp_sumOfSquares(wasmlp_pointer values, int32_t count);

/* parameters `[count]` after a step against gradient `[count]`. `first` and `second`
 * `[count]` are the optimiser's state, 0 where it has none. Cost: 12 bytes moved an
 * element, and 8 more for each state. */
typedef void wasmlp_update(int32_t optimizer, wasmlp_pointer parameters, wasmlp_pointer gradient, wasmlp_pointer first, wasmlp_pointer second, int32_t count, wasmlp_pointer settings, float scale, float retained);

/* `iterations` times x ← x·a + b on twelve independent chains of four lanes, that begin
 * with 0 to 11; returns the first lane of their sum, so that no compiler may leave the work
 * out. Twelve chains and two factors fit into the 15 registers that V8 has on x86, and
 * cover the latency of a product and a sum one after the other. With |a| < 1 the chains
 * approach b / (1 − a), and never slow down for tiny numbers. */
typedef float wasmlp_multiplyAddPeak(int32_t iterations, float a, float b);

/* Floating-point operations of one iteration of `multiplyAddPeak`. */
typedef int32_t wasmlp_operationsPerIteration(void);

/* The sixteen words of the blocks with first counter `counter0` to `counter0 + 3`, block
 * after block, stored at `words`. */
typedef void wasmlp_philox4(wasmlp_pointer words, uint32_t counter0, uint32_t counter1, uint32_t counter2, uint32_t counter3, uint32_t key0, uint32_t key1);

/* target `[count]` = normal with mean 0 and the given deviation, the weights of layer
 * `layer` under `seed`. */
typedef void wasmlp_fillNormal(wasmlp_pointer target, int32_t count, float deviation, uint32_t seed, uint32_t layer, wasmlp_pointer words);

/* target `[count]` = uniform on [−limit, limit), the weights of layer `layer` under `seed`. */
typedef void wasmlp_fillUniform(wasmlp_pointer target, int32_t count, float limit, uint32_t seed, uint32_t layer, wasmlp_pointer words);

/* The x below which a standard normal variable falls with probability p, 1e−10 < p < 1 −
 * 1e−10, error < 1e−6 relative: algorithm PPND7 of Wichura, AS 241 (Applied Statistics 37,
 * 1988). */
typedef double wasmlp_normalQuantile(double p);

/* Four random 32-bit words, stored at `words`, from a counter of four words and a key of
 * two: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as
 * 1, 2, 3" (SC 2011). */
typedef void wasmlp_philox(wasmlp_pointer words, uint32_t counter0, uint32_t counter1, uint32_t counter2, uint32_t counter3, uint32_t key0, uint32_t key1);

/* order `[samples]` (int32) = a random permutation of 0 … samples − 1 for this epoch, by
 * the shuffle of Fisher and Yates (Knuth, TAOCP 2, algorithm P). */
typedef void wasmlp_shuffle(wasmlp_pointer order, int32_t samples, uint32_t seed, uint32_t epoch, wasmlp_pointer words);

/* Bytes of a matrix `[rows, units]` when blocked. */
typedef wasmlp_pointer wasmlp_blockedBytes(int32_t rows, int32_t units);

/* sums `[lastFeature − firstFeature, 32]` = ∂L/∂W of rows `firstFeature` to `lastFeature −
 * 1` of a block of W `[features, 32]`: Σ_rows x[row, f] · gradient[row, :] over the
 * `chunks` chunks of the batch, with the same block of the gradient `[rows, 32]`. The sum
 * of a weight has its rows in ascending order. Cost: 2 operations an entry and unit. */
typedef void wasmlp_gradientSparse(wasmlp_pointer sums, wasmlp_pointer gradient, wasmlp_pointer batch, int32_t chunks, int32_t firstFeature, int32_t lastFeature);

/* z `[rows, 32]` = X·W for the `rows` rows of a chunk and a block of W `[features, 32]`.
 * Cost: 2 operations an entry and unit. */
typedef void wasmlp_multiplySparse(wasmlp_pointer z, wasmlp_pointer batch, int32_t chunk, wasmlp_pointer weights, int32_t rows);

/* Copies rows `first` to `first + count − 1` of a matrix `[rows, units]` into their places
 * in `blocked`; `matrix` is row `first`. Cost: 8 bytes moved an element. */
typedef void wasmlp_packBlocks(wasmlp_pointer blocked, wasmlp_pointer matrix, int32_t first, int32_t count, int32_t rows, int32_t units);

/* Copies rows `first` to `first + count − 1`, `first` a multiple of 4, of a block of a
 * matrix, its columns `unit` to `unit + units − 1`, into their places in the matrix
 * transposed: blocked as `[rows / 32, columns, 32]`, where rows that the last four do not
 * have become zeros. `block` is row `first`. Cost: 8 bytes moved an element. */
typedef void wasmlp_transposeBlock(wasmlp_pointer transposed, wasmlp_pointer block, int32_t first, int32_t count, int32_t unit, int32_t units, int32_t columns);

/* matrix `[rows, units]` = what `blocked` holds. Cost: 8 bytes moved an element. */
typedef void wasmlp_unpackBlocks(wasmlp_pointer matrix, wasmlp_pointer blocked, int32_t rows, int32_t units);

/* Steps `first` to `first + count − 1` without learning, as `train` takes them: losses,
 * predictions and totals only. */
typedef void wasmlp_evaluate(wasmlp_pointer plan, int32_t thread, int32_t first, int32_t count);

/* What the network says of the first `rows` rows of `batchInputs`, left in the last layer's
 * activations: probabilities where the loss takes logits. */
typedef void wasmlp_predict(wasmlp_pointer plan, int32_t rows);

/* What the network says of all samples of steps `first` to `first + count − 1`, left in
 * `outputs`. Behind `plan` every thread has one of its own, for a team of one, with buffers
 * of its own: it passes batch after batch from inputs to outputs and meets nobody on the
 * way. Only the packed weights are everybody's: they are packed first, for which all wait,
 * unless `plan.weightsKept` says that a run before has done so. Ends early when asked to,
 * some batches left out. */
typedef void wasmlp_predictAll(wasmlp_pointer plan, int32_t thread, int32_t first, int32_t count);

/* Runs training steps `first` to `first + count − 1` of an epoch, as thread `thread` of
 * `plan.threads`, all of which make the same call. Ends early, after a whole step, when
 * asked to or when the loss is no longer finite. */
typedef void wasmlp_train(wasmlp_pointer plan, int32_t thread, int32_t first, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
