//! Runs a [`Graph`] on the CPU, on whatever vector instructions there are.
//!
//! Training frameworks pay for generality at every step; here weights are packed once when a model is opened, and a
//! picture is a few dozen matrix products. Why not a library: docs/decisions/0006-inference-engine.md.

mod attention;
mod convolution;
mod depthwise;
mod instructions;
mod matrix;
mod padded;
mod pointwise;
mod self_attention;

use autochrome_color::stop;

use crate::graph::{Attention, Graph, HINTS, LUMA, Op};
use convolution::{Dense, Transposed};
use depthwise::Depthwise;
pub use instructions::Instructions;

/// Planes of samples of one picture, `[c, h, w]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// Number of planes.
    pub channels: usize,
    /// Rows of a plane.
    pub height: usize,
    /// Samples of a row.
    pub width: usize,
    /// Every sample, plane by plane, row by row.
    pub values: Vec<f32>,
}

impl Map {
    /// A map of zeros.
    #[must_use]
    pub fn zeros(channels: usize, height: usize, width: usize) -> Self {
        Self { channels, height, width, values: vec![0.0; channels * height * width] }
    }

    /// Samples of a plane.
    #[must_use]
    pub fn area(&self) -> usize {
        self.height * self.width
    }
}

/// An operation with its weights laid out for this machine.
#[derive(Debug)]
enum Step {
    Input(&'static str),
    Affine { scale: Vec<f32>, shift: Vec<f32> },
    Dense(Dense),
    Depthwise(Depthwise),
    Transposed(Box<Transposed>),
    InstanceNorm { scale: Vec<f32>, shift: Vec<f32>, epsilon: f32 },
    Activate(crate::graph::Activation),
    Add,
    Concat,
    Upsample,
    KnownMean(usize),
    Attend(Attention),
    SelfAttend { heads: usize, length: usize },
    AnnealedMean { centers: Vec<f32> },
}

/// A graph, ready to answer.
#[derive(Debug)]
pub struct Engine {
    instructions: Instructions,
    steps: Vec<(Step, Vec<usize>)>,
    /// Whether each step's result depends on more than luma: on hints or on the temperature.
    steered: Vec<bool>,
    /// The steps whose results are the encoder's features.
    taps: Vec<usize>,
}

/// What a network makes of a picture's luma alone: all that hints and temperature have no say in.
#[derive(Clone, Debug)]
pub struct Groundwork {
    /// The result of every step that other steps or callers read; the others are empty.
    results: Vec<Map>,
    size: [usize; 2],
}

impl Groundwork {
    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.results.iter().map(|map| map.values.len() * size_of::<f32>()).sum()
    }
}

impl Engine {
    /// Packs the weights of `graph` for the best instructions of this processor.
    #[must_use]
    pub fn new(graph: Graph) -> Self {
        Self::with_instructions(graph, Instructions::best())
    }

    /// Packs the weights of `graph` for some instructions, which may be slower ones.
    #[must_use]
    pub fn with_instructions(graph: Graph, instructions: Instructions) -> Self {
        let mut steered: Vec<bool> = Vec::with_capacity(graph.nodes.len());
        for node in &graph.nodes {
            let own = matches!(node.op, Op::Input { name: HINTS, .. } | Op::AnnealedMean { .. });
            steered.push(own || node.inputs.iter().any(|&input| steered[input]));
        }
        let steps = graph.nodes.into_iter().map(|node| (step(node.op, instructions), node.inputs)).collect();
        Self { instructions, steps, steered, taps: graph.taps }
    }

    /// The answer to named inputs; an input that is not given is zero, of the first one's size. Nothing when it is no longer
    /// wanted ([`stop`]).
    ///
    /// # Panics
    /// Without inputs, or when a side is no multiple of what the network halves.
    #[must_use]
    pub fn run(&self, inputs: &[(&str, Map)], temperature: f32) -> Map {
        let answer = self.steps.len().checked_sub(1);
        self.results(inputs, temperature, answer.as_slice(), stop::requested).pop().unwrap_or_default()
    }

    /// What the encoder sees, the finest scale first; what lies behind the encoder is not computed.
    ///
    /// # Panics
    /// As [`Engine::run`].
    #[must_use]
    pub fn features(&self, inputs: &[(&str, Map)]) -> Vec<Map> {
        // Methods count on all of them, so this goes on to its end.
        self.results(inputs, 1.0, &self.taps, || false)
    }

    /// All that can be worked out from luma alone, for [`Engine::finish`]. Nothing when it is no longer wanted ([`stop`]).
    ///
    /// # Panics
    /// When a side is no multiple of what the network halves.
    #[must_use]
    pub fn groundwork(&self, luma: Map) -> Option<Groundwork> {
        let size = [luma.height, luma.width];
        let all = self.steps.len();
        let mut read = vec![false; all];
        self.taps.iter().copied().chain(all.checked_sub(1)).for_each(|step| read[step] = true);
        for ((_, from), _) in self.steps.iter().zip(&self.steered).filter(|(_, steered)| **steered) {
            from.iter().for_each(|&input| read[input] = true);
        }
        let wanted: Vec<usize> = (0..all).filter(|&step| read[step] && !self.steered[step]).collect();
        let maps = self.results(&[(LUMA, luma)], 1.0, &wanted, stop::requested);
        if maps.len() < wanted.len() {
            return None;
        }
        let mut results = vec![Map::default(); all];
        wanted.into_iter().zip(maps).for_each(|(step, map)| results[step] = map);
        Some(Groundwork { results, size })
    }

    /// What the encoder sees, the finest scale first, where it does not look at hints.
    #[must_use]
    pub fn features_of(&self, groundwork: &Groundwork) -> Option<Vec<Map>> {
        let free = self.taps.iter().all(|&tap| !self.steered[tap]);
        free.then(|| self.taps.iter().map(|&tap| groundwork.results[tap].clone()).collect())
    }

    /// The answer to luma that was [looked at](Engine::groundwork) and hints; the same as [`Engine::run`] gives. Nothing when
    /// it is no longer wanted ([`stop`]).
    #[must_use]
    pub fn finish(&self, groundwork: &Groundwork, hints: Map, temperature: f32) -> Map {
        let Some(answer) = self.steps.len().checked_sub(1) else { return Map::default() };
        let known = &groundwork.results;
        let wanted = [answer];
        let run =
            Run { inputs: &[(HINTS, hints)], size: groundwork.size, temperature, wanted: &wanted, known };
        self.carry_out(&run, |step| self.steered[step], stop::requested).pop().unwrap_or_default()
    }

    /// The results of the steps `wanted`, and of no step that they do not need.
    /// None of them when `ends` comes true on the way.
    fn results(
        &self,
        inputs: &[(&str, Map)],
        temperature: f32,
        wanted: &[usize],
        ends: impl Fn() -> bool,
    ) -> Vec<Map> {
        let mut needed = vec![false; self.steps.len()];
        wanted.iter().for_each(|&step| needed[step] = true);
        for (i, (_, from)) in self.steps.iter().enumerate().rev() {
            if needed[i] {
                from.iter().for_each(|&input| needed[input] = true);
            }
        }
        let size = [inputs[0].1.height, inputs[0].1.width];
        self.carry_out(&Run { inputs, size, temperature, wanted, known: &[] }, |step| needed[step], ends)
    }

    /// Works out the results of the steps that are `needed`, in their order.
    fn carry_out(&self, run: &Run<'_>, needed: impl Fn(usize) -> bool, ends: impl Fn() -> bool) -> Vec<Map> {
        let [height, width] = run.size;
        let end = run.wanted.iter().max().map_or(0, |last| last + 1);
        // After which step each result is no longer needed.
        let mut last_uses = vec![0; end];
        for (i, (_, from)) in self.steps[..end].iter().enumerate().filter(|(i, _)| needed(*i)) {
            from.iter().for_each(|&input| last_uses[input] = i);
        }
        run.wanted.iter().for_each(|&step| last_uses[step] = usize::MAX);
        let mut results = Results { known: run.known, own: vec![Map::default(); end], last_uses };
        for (i, (step, from)) in self.steps[..end].iter().enumerate() {
            if !needed(i) {
                continue;
            }
            if ends() {
                return Vec::new();
            }
            let result = match step {
                Step::Input(name) => match run.inputs.iter().find(|(given, _)| given == name) {
                    Some((_, map)) => map.clone(),
                    None => Map::zeros(3, height, width),
                },
                Step::Affine { scale, shift } => pointwise::affine(results.take(from[0], i), scale, shift),
                Step::Dense(dense) => dense.run(results.get(from[0])),
                Step::Depthwise(depthwise) => depthwise.run(results.get(from[0])),
                Step::Transposed(transposed) => transposed.run(results.get(from[0])),
                Step::InstanceNorm { scale, shift, epsilon } => pointwise::instance_norm(
                    results.take(from[0], i),
                    [scale, shift],
                    *epsilon,
                    self.instructions,
                ),
                Step::Activate(activation) => {
                    pointwise::activate(results.take(from[0], i), *activation, self.instructions)
                }
                Step::Add => pointwise::add(results.take(from[0], i), results.get(from[1])),
                Step::Concat => pointwise::concat(from.iter().map(|&input| results.get(input))),
                Step::Upsample => pointwise::upsample(results.get(from[0])),
                Step::KnownMean(factor) => pointwise::known_mean(results.get(from[0]), *factor),
                Step::Attend(attention) => attention::attend(
                    attention,
                    results.get(from[0]),
                    results.get(from[1]),
                    results.get(from[2]),
                ),
                Step::SelfAttend { heads, length } => {
                    self_attention::attend(results.get(from[0]), [*heads, *length], self.instructions)
                }
                Step::AnnealedMean { centers } => {
                    let logits = results.get(from[0]);
                    pointwise::annealed_mean(logits, centers, run.temperature, self.instructions)
                }
            };
            results.own[i] = result;
            from.iter().for_each(|&input| results.drop_after(input, i));
        }
        run.wanted.iter().map(|&step| results.take(step, usize::MAX)).collect()
    }
}

/// What a run starts from and what it is to give.
struct Run<'a> {
    inputs: &'a [(&'a str, Map)],
    /// Rows and columns.
    size: [usize; 2],
    temperature: f32,
    wanted: &'a [usize],
    /// Results that are there already; empty where they are not.
    known: &'a [Map],
}

/// The results of steps, as long as somebody needs them.
struct Results<'a> {
    known: &'a [Map],
    own: Vec<Map>,
    /// After which step each of them is no longer needed.
    last_uses: Vec<usize>,
}

impl Results<'_> {
    fn get(&self, step: usize) -> &Map {
        self.known.get(step).filter(|map| map.channels > 0).unwrap_or(&self.own[step])
    }

    /// The result itself where nobody else needs it after `reader`, else a copy.
    fn take(&mut self, step: usize, reader: usize) -> Map {
        if self.own[step].channels > 0 && self.last_uses[step] == reader {
            std::mem::take(&mut self.own[step])
        } else {
            self.get(step).clone()
        }
    }

    fn drop_after(&mut self, step: usize, reader: usize) {
        if self.last_uses[step] == reader {
            self.own[step] = Map::default();
        }
    }
}

fn step(op: Op, on: Instructions) -> Step {
    match op {
        Op::Input { name, .. } => Step::Input(name),
        Op::Affine { scale, shift } => Step::Affine { scale, shift },
        Op::Convolve(convolution) if convolution.groups == 1 => Step::Dense(Dense::new(&convolution, on)),
        Op::Convolve(convolution) => Step::Depthwise(Depthwise::new(convolution, on)),
        Op::ConvolveTransposed(convolution) => Step::Transposed(Box::new(Transposed::new(&convolution, on))),
        Op::InstanceNorm { scale, shift, epsilon } => Step::InstanceNorm { scale, shift, epsilon },
        Op::Activate(activation) => Step::Activate(activation),
        Op::Add => Step::Add,
        Op::Concat => Step::Concat,
        Op::Upsample => Step::Upsample,
        Op::KnownMean(factor) => Step::KnownMean(factor),
        Op::Attend(attention) => Step::Attend(attention),
        Op::SelfAttend { heads, length } => Step::SelfAttend { heads, length },
        Op::AnnealedMean { centers } => Step::AnnealedMean { centers },
    }
}
