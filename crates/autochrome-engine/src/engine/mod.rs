//! Runs a [`Graph`] on the CPU, on whatever vector instructions there are.
//!
//! Training frameworks pay for generality at every step; here weights are packed once when a model is opened, and a
//! picture is a few dozen matrix products. Why not a library: docs/decisions/0006-inference-engine.md.

mod attention;
mod convolution;
mod depthwise;
mod instructions;
mod matrix;
mod pointwise;
mod self_attention;

use autochrome_color::stop;

use crate::graph::{Attention, Graph, Op};
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
    /// After which step each result is no longer needed.
    last_uses: Vec<usize>,
    /// The steps whose results are the encoder's features.
    taps: Vec<usize>,
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
        let last_uses = graph.last_uses();
        let steps = graph.nodes.into_iter().map(|node| (step(node.op, instructions), node.inputs)).collect();
        Self { instructions, steps, last_uses, taps: graph.taps }
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

    /// As [`Engine::run`], with what the encoder sees, the finest scale first.
    ///
    /// # Panics
    /// As [`Engine::run`].
    #[must_use]
    pub fn run_with_features(&self, inputs: &[(&str, Map)], temperature: f32) -> (Map, Vec<Map>) {
        let answer = self.steps.len().checked_sub(1);
        let wanted: Vec<usize> = self.taps.iter().copied().chain(answer).collect();
        let mut results = self.results(inputs, temperature, &wanted, stop::requested);
        (results.pop().unwrap_or_default(), results)
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

    /// The results of the steps `wanted`, and of no step behind them.
    /// None of them when `ends` comes true on the way.
    fn results(
        &self,
        inputs: &[(&str, Map)],
        temperature: f32,
        wanted: &[usize],
        ends: impl Fn() -> bool,
    ) -> Vec<Map> {
        let (height, width) = (inputs[0].1.height, inputs[0].1.width);
        let end = wanted.iter().max().map_or(0, |last| last + 1);
        let mut last_uses = self.last_uses.clone();
        wanted.iter().for_each(|&step| last_uses[step] = usize::MAX);
        let take = |results: &mut [Map], value: usize, reader: usize| {
            // The result itself where nobody else needs it, else a copy.
            if last_uses[value] == reader {
                std::mem::take(&mut results[value])
            } else {
                results[value].clone()
            }
        };
        let mut results: Vec<Map> = Vec::with_capacity(end);
        for (i, (step, from)) in self.steps[..end].iter().enumerate() {
            if ends() {
                return Vec::new();
            }
            let result = match step {
                Step::Input(name) => match inputs.iter().find(|(given, _)| given == name) {
                    Some((_, map)) => map.clone(),
                    None => Map::zeros(3, height, width),
                },
                Step::Affine { scale, shift } => {
                    pointwise::affine(take(&mut results, from[0], i), scale, shift)
                }
                Step::Dense(dense) => dense.run(&results[from[0]]),
                Step::Depthwise(depthwise) => depthwise.run(&results[from[0]]),
                Step::Transposed(transposed) => transposed.run(&results[from[0]]),
                Step::InstanceNorm { scale, shift, epsilon } => {
                    pointwise::instance_norm(take(&mut results, from[0], i), scale, shift, *epsilon)
                }
                Step::Activate(activation) => {
                    pointwise::activate(take(&mut results, from[0], i), *activation)
                }
                Step::Add => pointwise::add(take(&mut results, from[0], i), &results[from[1]]),
                Step::Concat => pointwise::concat(from.iter().map(|&input| &results[input])),
                Step::Upsample => pointwise::upsample(&results[from[0]]),
                Step::KnownMean(factor) => pointwise::known_mean(&results[from[0]], *factor),
                Step::Attend(attention) => {
                    attention::attend(attention, &results[from[0]], &results[from[1]], &results[from[2]])
                }
                Step::SelfAttend { heads, length } => {
                    self_attention::attend(&results[from[0]], [*heads, *length], self.instructions)
                }
                Step::AnnealedMean { centers } => {
                    pointwise::annealed_mean(&results[from[0]], centers, temperature, self.instructions)
                }
            };
            results.push(result);
            for &input in from {
                if last_uses[input] == i {
                    results[input] = Map::default();
                }
            }
        }
        wanted.iter().map(|&step| std::mem::take(&mut results[step])).collect()
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
