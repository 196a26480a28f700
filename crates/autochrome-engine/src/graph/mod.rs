//! A trained network as a list of plain operations, batch norms folded: what runs and what is exported.
//!
//! Training needs modules that can be differentiated, on any device; answering needs neither. A [`Graph`] is built from
//! the same weights as the module of the same name in `autochrome-net`, and tests there hold the two together. The
//! [`engine`](crate::engine) runs it, and [`onnx`] writes it down for other programs.

mod chroma_net;
pub mod onnx;
mod protobuf;
mod segmentation;
mod unet;

use crate::NetError;
use crate::card::{ModelCard, NetworkConfig};
use crate::weights::{NamedTensor, Tensors};

/// The result of a node: its place in [`Graph::nodes`].
pub type Value = usize;

/// What follows a convolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// x.
    None,
    /// max(x, 0).
    Relu,
    /// x within 0..=6.
    Relu6,
    /// x where positive, this slope (at most 1) times x elsewhere.
    LeakyRelu(f32),
    /// tanh x.
    Tanh,
}

impl Activation {
    /// The function.
    #[inline(always)]
    #[must_use]
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Self::None => x,
            Self::Relu => x.max(0.0),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::LeakyRelu(slope) => x.max(x * slope),
            Self::Tanh => x.tanh(),
        }
    }
}

/// The weights of a convolution and how it is laid over its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// `[out, in / groups, k, k]`; `[in, out, k, k]` when transposed.
    pub weight: NamedTensor,
    /// One an output channel.
    pub bias: Vec<f32>,
    /// Step in both directions; of the output when transposed.
    pub stride: usize,
    /// Zeros before the first row and column, and after the last.
    pub padding: [usize; 2],
    /// 1, or the number of channels when depthwise.
    pub groups: usize,
    /// What follows.
    pub activation: Activation,
}

/// Attention from every cell to the hints, as in `autochrome_net::models::hint_attention`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attention {
    /// Score of believing no hint, per head.
    pub nothing: Vec<f32>,
    /// What a squared cell of distance costs, per head.
    pub nearness: Vec<f32>,
    /// What a cell without a hint loses.
    pub unknown: f32,
}

/// One operation on feature maps `[1, c, h, w]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// What the caller gives.
    Input {
        /// What it is called.
        name: &'static str,
        /// Number of planes.
        channels: usize,
    },
    /// scale·x + shift, one of each a channel, or one for all.
    Affine {
        /// Factors.
        scale: Vec<f32>,
        /// Summands.
        shift: Vec<f32>,
    },
    /// A convolution of one input.
    Convolve(Convolution),
    /// A transposed convolution of one input.
    ConvolveTransposed(Convolution),
    /// Each channel whitened by its own mean and variance, then scale·x + shift.
    InstanceNorm {
        /// γ.
        scale: Vec<f32>,
        /// β.
        shift: Vec<f32>,
        /// Added to the variance.
        epsilon: f32,
    },
    /// A function of each sample.
    Activate(Activation),
    /// The sum of two inputs.
    Add,
    /// Inputs, one after the other, along the channels.
    Concat,
    /// Twice the size, every sample four times.
    Upsample,
    /// The mean of hints over cells of this many pixels, divided by the share of the cell that is known.
    KnownMean(usize),
    /// Queries, keys and hints to what the hints say.
    Attend(Attention),
    /// Queries, keys and values, one after the other, to what every cell sees in all cells, as in
    /// `autochrome_net::models::self_attention`.
    SelfAttend {
        /// Heads, which share the channels evenly.
        heads: usize,
        /// Channels of a head.
        length: usize,
    },
    /// Softmax of x / temperature over channels, then the expectation of `centers`, `[2, c]`.
    AnnealedMean {
        /// a of every class, then b.
        centers: Vec<f32>,
    },
}

/// An operation and what it works on.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What is done.
    pub op: Op,
    /// To which earlier nodes' results.
    pub inputs: Vec<Value>,
}

/// Operations in the order they run; the last one's result is the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The operations.
    pub nodes: Vec<Node>,
    /// What the encoder sees, the finest scale first; empty for networks without one.
    pub taps: Vec<Value>,
}

pub(crate) use segmentation::SCALES;

/// The input that holds L, 0..=100.
pub const LUMA: &str = "luma";
/// The input that holds the planes a, b (CIELAB) and mask of hints.
pub const HINTS: &str = "hints";
/// Planes of [`HINTS`].
const HINT_PLANES: usize = 3;

impl Graph {
    /// The graph of a network with these weights, which it takes out of `tensors`: L in, a and b of CIELAB out (or sRGB in -1..=1, for such
    /// a U-Net).
    ///
    /// # Errors
    /// [`NetError::Weights`] when a tensor is missing or has another shape than `network` says.
    pub fn new(network: &NetworkConfig, tensors: &mut Tensors) -> Result<Self, NetError> {
        network.check()?;
        let mut build = Build { graph: Self::default(), tensors };
        match network {
            NetworkConfig::Unet(config) => unet::build(&mut build, config)?,
            NetworkConfig::ChromaNet(config) => chroma_net::build(&mut build, config)?,
            NetworkConfig::Onnx => return Err(NetError::Weights("the network is in another file".into())),
        }
        Ok(build.graph)
    }

    /// The graph of the head that finds things, for a model that has one, with weights that it takes out of `tensors`: what the encoder sees
    /// in, two [taps](Self::taps) out, the last hidden layer and the scores of the classes.
    ///
    /// # Errors
    /// [`NetError::Weights`] when a tensor is missing or has another shape than the card says.
    pub fn segmentation(card: &ModelCard, tensors: &mut Tensors) -> Result<Option<Self>, NetError> {
        let NetworkConfig::ChromaNet(config) = &card.network else { return Ok(None) };
        if card.things.is_empty() {
            return Ok(None);
        }
        let mut build = Build { graph: Self::default(), tensors };
        let [_, channels @ ..] = config.encoder.tap_channels();
        segmentation::build(&mut build, channels, card.things.len())?;
        Ok(Some(build.graph))
    }

    /// Whether hints change the answer.
    #[must_use]
    pub fn takes_hints(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.op, Op::Input { name: HINTS, .. }))
    }

    /// Whether a temperature changes the answer.
    #[must_use]
    pub fn takes_temperature(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.op, Op::AnnealedMean { .. }))
    }
}

/// A graph that grows, and the weights it takes.
struct Build<'a> {
    graph: Graph,
    /// Those that nothing has taken yet: copies of all would take as long as a picture.
    tensors: &'a mut Tensors,
}

/// How a convolution is laid over its input; the weights' shape says the rest.
#[derive(Clone, Copy)]
struct Shape {
    channels: [usize; 2],
    kernel: usize,
    stride: usize,
    groups: usize,
}

impl Build<'_> {
    fn push(&mut self, op: Op, inputs: &[Value]) -> Value {
        self.graph.nodes.push(Node { op, inputs: inputs.to_vec() });
        self.graph.nodes.len() - 1
    }

    /// L in 0..=100 as the networks see it.
    fn luma(&mut self) -> Value {
        let luma = self.push(Op::Input { name: LUMA, channels: 1 }, &[]);
        self.push(Op::Affine { scale: vec![1.0 / 50.0], shift: vec![-1.0] }, &[luma])
    }

    /// A tensor of this shape; each can be asked for once.
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<NamedTensor, NetError> {
        let tensor =
            self.tensors.remove(name).ok_or_else(|| NetError::Weights(format!("'{name}' is missing")))?;
        if tensor.shape != shape {
            return Err(NetError::Weights(format!("'{name}' is {:?}, not {shape:?}", tensor.shape)));
        }
        Ok(tensor)
    }

    fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, NetError> {
        Ok(self.tensor(name, &[length])?.values)
    }

    /// A convolution with a bias of its own, "same" padding.
    fn convolution(&mut self, path: &str, shape: Shape) -> Result<Convolution, NetError> {
        let Shape { channels: [input, output], kernel, stride, groups } = shape;
        let weight = self.tensor(&format!("{path}.weight"), &[output, input / groups, kernel, kernel])?;
        let bias = match self.tensors.contains_key(&format!("{path}.bias")) {
            true => self.vector(&format!("{path}.bias"), output)?,
            false => vec![0.0; output],
        };
        // Sides are multiples of the stride; TensorFlow's "same" puts the odd zero to the right and the bottom.
        let total = kernel - stride;
        let padding = [total / 2, total.div_ceil(2)];
        Ok(Convolution { weight, bias, stride, padding, groups, activation: Activation::None })
    }

    /// A convolution with the batch norm behind it folded into its weights, applied to `x`.
    fn folded(
        &mut self,
        path: &str,
        shape: Shape,
        epsilon: f64,
        activation: Activation,
        x: Value,
    ) -> Result<Value, NetError> {
        let convolution = self.folded_convolution(path, shape, epsilon, activation)?;
        Ok(self.push(Op::Convolve(convolution), &[x]))
    }

    /// A convolution with the batch norm behind it folded into its weights.
    fn folded_convolution(
        &mut self,
        path: &str,
        shape: Shape,
        epsilon: f64,
        activation: Activation,
    ) -> Result<Convolution, NetError> {
        let mut convolution = self.convolution(&format!("{path}.conv"), shape)?;
        let channels = shape.channels[1];
        let mut norm = |field: &str| self.vector(&format!("{path}.norm.{field}"), channels);
        let (gamma, beta) = (norm("gamma")?, norm("beta")?);
        let (mean, variance) = (norm("running_mean")?, norm("running_var")?);
        let filter = convolution.weight.values.len() / channels;
        for (i, weights) in convolution.weight.values.chunks_exact_mut(filter).enumerate() {
            let scale = (f64::from(gamma[i]) / (f64::from(variance[i]) + epsilon).sqrt()) as f32;
            weights.iter_mut().for_each(|w| *w *= scale);
            convolution.bias[i] = beta[i] + scale * (convolution.bias[i] - mean[i]);
        }
        convolution.activation = activation;
        Ok(convolution)
    }
}
