//! A [`Graph`] as an ONNX file (opset 17), for other programs.
//!
//! Height and width are left open. Inputs are `luma`, L in 0..=100, and for networks that take them `hints`, planes a, b
//! (CIELAB) and mask, and `temperature`, one number. The output is `ab` (CIELAB), or `rgb` in -1..=1.
//!
//! Source: `onnx.proto` and `Operators.md` of the ONNX project, whose field numbers and operator names these are.

use super::protobuf::Message;
use super::{Activation, Attention, Convolution, Graph, HINTS, LUMA, Op};
use crate::ModelCard;
use crate::card::NetworkConfig;
use crate::networks::chroma_net::{KEY_CHANNELS, KNOWN_EPSILON};
use crate::networks::unet::{Output, UNetConfig};

/// The input that anneals colour classes.
pub const TEMPERATURE: &str = "temperature";
/// `TensorProto.DataType`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
/// Of the file format and of the operators.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// What the output is called, which is also what it is.
#[must_use]
pub fn output_name(network: &NetworkConfig) -> &'static str {
    match network {
        NetworkConfig::Unet(UNetConfig { output: Output::Rgb, .. }) => "rgb",
        _ => "ab",
    }
}

/// The bytes of an ONNX file.
///
/// # Examples
/// ```
/// use autochrome_engine::graph::{Graph, onnx};
/// use autochrome_engine::weights;
///
/// # fn main() -> Result<(), autochrome_engine::NetError> {
/// # let file = autochrome_engine::tests_support::tiny_weights();
/// let (card, mut tensors) = weights::from_bytes(&file)?;
/// let bytes = onnx::to_bytes(&Graph::new(&card.network, &mut tensors)?, &card);
/// assert!(bytes.windows(13).any(|b| b == b"ConvTranspose"));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn to_bytes(graph: &Graph, card: &ModelCard) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut names: Vec<String> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let inputs: Vec<&str> = node.inputs.iter().map(|&input| names[input].as_str()).collect();
        let name = writer.op(&node.op, &inputs);
        names.push(name);
    }
    let output = output_name(&card.network);
    if let Some(last) = names.last() {
        writer.node_named("Identity", &[last], &[], output);
    }
    let model = Message::of(|model| {
        model.int(1, IR_VERSION);
        model.text(2, "autochrome");
        model.text(3, env!("CARGO_PKG_VERSION"));
        model.text(6, &card.summary);
        model.message(7, &writer.graph(graph, card, output));
        model.message(8, &Message::of(|opset| opset.int(2, OPSET)));
        for (key, value) in [("id", &card.id), ("licence", &card.licence), ("data", &card.data)] {
            model.message(
                14,
                &Message::of(|entry| {
                    entry.text(1, key);
                    entry.text(2, value);
                }),
            );
        }
    });
    model.into_bytes()
}

/// A property of a node.
enum Attribute<'a> {
    Int(&'a str, i64),
    Float(&'a str, f32),
    Text(&'a str, &'a str),
    Ints(&'a str, &'a [i64]),
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        Message::of(|m| match *self {
            Self::Int(name, value) => {
                m.text(1, name);
                m.int(3, value);
                m.int(20, 2);
            }
            Self::Float(name, value) => {
                m.text(1, name);
                m.float(2, value);
                m.int(20, 1);
            }
            Self::Text(name, value) => {
                m.text(1, name);
                m.text(4, value);
                m.int(20, 3);
            }
            Self::Ints(name, values) => {
                m.text(1, name);
                values.iter().for_each(|&value| m.int(8, value));
                m.int(20, 7);
            }
        })
    }
}

#[derive(Default)]
struct Writer {
    nodes: Vec<Message>,
    tensors: Vec<Message>,
    named: usize,
}

impl Writer {
    fn name(&mut self) -> String {
        self.named += 1;
        format!("x{}", self.named)
    }

    fn node(&mut self, op: &str, inputs: &[&str], attributes: &[Attribute<'_>]) -> String {
        let output = self.name();
        self.node_named(op, inputs, attributes, &output);
        output
    }

    fn node_named(&mut self, op: &str, inputs: &[&str], attributes: &[Attribute<'_>], output: &str) {
        self.nodes.push(Message::of(|node| {
            inputs.iter().for_each(|input| node.text(1, input));
            node.text(2, output);
            node.text(4, op);
            attributes.iter().for_each(|attribute| node.message(5, &attribute.message()));
        }));
    }

    fn tensor(&mut self, name: &str, kind: i64, shape: &[usize], bytes: &[u8]) {
        self.tensors.push(Message::of(|tensor| {
            shape.iter().for_each(|&size| tensor.int(1, size as i64));
            tensor.int(2, kind);
            tensor.text(8, name);
            tensor.bytes(9, bytes);
        }));
    }

    fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        let name = self.name();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(&name, FLOAT, shape, &bytes);
        name
    }

    /// A list of integers.
    fn ints(&mut self, values: &[i64]) -> String {
        let name = self.name();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(&name, INT64, &[values.len()], &bytes);
        name
    }

    /// An integer without axes.
    fn int(&mut self, value: i64) -> String {
        let name = self.name();
        self.tensor(&name, INT64, &[], &value.to_le_bytes());
        name
    }

    fn op(&mut self, op: &Op, x: &[&str]) -> String {
        match op {
            Op::Input { name, .. } => (*name).to_owned(),
            Op::Affine { scale, shift } => {
                let scale = self.floats(&[1, scale.len(), 1, 1], scale);
                let y = self.node("Mul", &[x[0], &scale], &[]);
                if shift.iter().all(|&shift| shift == 0.0) {
                    return y;
                }
                let shift = self.floats(&[1, shift.len(), 1, 1], shift);
                self.node("Add", &[&y, &shift], &[])
            }
            Op::Convolve(convolution) => self.convolve("Conv", convolution, x[0]),
            Op::ConvolveTransposed(convolution) => self.convolve("ConvTranspose", convolution, x[0]),
            Op::InstanceNorm { scale, shift, epsilon } => {
                let scale = self.floats(&[scale.len()], scale);
                let shift = self.floats(&[shift.len()], shift);
                let attributes = [Attribute::Float("epsilon", *epsilon)];
                self.node("InstanceNormalization", &[x[0], &scale, &shift], &attributes)
            }
            Op::Activate(activation) => self.activate(*activation, x[0].to_owned()),
            Op::Add => self.node("Add", x, &[]),
            Op::Concat => self.node("Concat", x, &[Attribute::Int("axis", 1)]),
            Op::Upsample => {
                let scales = self.floats(&[4], &[1.0, 1.0, 2.0, 2.0]);
                let attributes = [
                    Attribute::Text("mode", "nearest"),
                    Attribute::Text("coordinate_transformation_mode", "asymmetric"),
                    Attribute::Text("nearest_mode", "floor"),
                ];
                self.node("Resize", &[x[0], "", &scales], &attributes)
            }
            Op::KnownMean(factor) => {
                let size = [*factor as i64; 2];
                let attributes = [Attribute::Ints("kernel_shape", &size), Attribute::Ints("strides", &size)];
                let sums = self.node("AveragePool", x, &attributes);
                let mask = self.mask(&sums);
                let epsilon = self.floats(&[], &[KNOWN_EPSILON]);
                let known = self.node("Add", &[&mask, &epsilon], &[]);
                self.node("Div", &[&sums, &known], &[])
            }
            Op::Attend(attention) => self.attend(attention, x),
            Op::SelfAttend { heads, length } => self.self_attend([*heads, *length], x[0]),
            Op::AnnealedMean { centers } => {
                let sharp = self.node("Div", &[x[0], TEMPERATURE], &[]);
                let shares = self.node("Softmax", &[&sharp], &[Attribute::Int("axis", 1)]);
                let weight = self.floats(&[2, centers.len() / 2, 1, 1], centers);
                self.node("Conv", &[&shares, &weight], &[])
            }
        }
    }

    fn convolve(&mut self, op: &str, convolution: &Convolution, x: &str) -> String {
        let Convolution { weight, bias, stride, padding: [before, after], groups, activation } = convolution;
        let [before, after, stride] = [*before as i64, *after as i64, *stride as i64];
        let kernel = weight.shape[2] as i64;
        let weight = self.floats(&weight.shape, &weight.values);
        let bias = self.floats(&[bias.len()], bias);
        let attributes = [
            Attribute::Ints("kernel_shape", &[kernel, kernel]),
            Attribute::Ints("strides", &[stride, stride]),
            Attribute::Ints("pads", &[before, before, after, after]),
            Attribute::Int("group", *groups as i64),
        ];
        let y = self.node(op, &[x, &weight, &bias], &attributes);
        self.activate(*activation, y)
    }

    fn activate(&mut self, activation: Activation, x: String) -> String {
        match activation {
            Activation::None => x,
            Activation::Relu => self.node("Relu", &[&x], &[]),
            Activation::Relu6 => {
                let [low, high] = [0.0, 6.0].map(|limit| self.floats(&[], &[limit]));
                self.node("Clip", &[&x, &low, &high], &[])
            }
            Activation::LeakyRelu(slope) => {
                self.node("LeakyRelu", &[&x], &[Attribute::Float("alpha", slope)])
            }
            Activation::Tanh => self.node("Tanh", &[&x], &[]),
        }
    }

    /// The last of the hints' three planes.
    fn mask(&mut self, hints: &str) -> String {
        let [start, end, axis] = [2, 3, 1].map(|i| self.ints(&[i]));
        self.node("Slice", &[hints, &start, &end, &axis], &[])
    }

    /// Squared distances along one axis of `size` cells, `[size, size]`, with new axes at `axes`.
    fn distances(&mut self, size: &str, axes: [i64; 2]) -> String {
        let [zero, one] = [0, 1].map(|i| self.int(i));
        let places = self.node("Range", &[&zero, size, &one], &[]);
        let places = self.node("Cast", &[&places], &[Attribute::Int("to", FLOAT)]);
        let [first, second] = [0, 1].map(|i| self.ints(&[i]));
        let row = self.node("Unsqueeze", &[&places, &first], &[]);
        let column = self.node("Unsqueeze", &[&places, &second], &[]);
        let difference = self.node("Sub", &[&column, &row], &[]);
        let squared = self.node("Mul", &[&difference, &difference], &[]);
        let axes = self.ints(&axes);
        self.node("Unsqueeze", &[&squared, &axes], &[])
    }

    fn attend(&mut self, attention: &Attention, x: &[&str]) -> String {
        let &[queries, keys, hints] = x else { unreachable!("attention has three inputs") };
        let heads = attention.nothing.len();
        let size = self.node("Shape", &[queries], &[]);
        let [height, width] = [2, 3].map(|axis| {
            let axis = self.int(axis);
            self.node("Gather", &[&size, &axis], &[])
        });
        let cells = self.node("Mul", &[&height, &width], &[]);
        let first = self.ints(&[0]);
        let [height_list, width_list, cells_list] =
            [&height, &width, &cells].map(|size| self.node("Unsqueeze", &[size, &first], &[]));
        let list = [Attribute::Int("axis", 0)];

        // Likeness: [1, heads, d, cells] of both, multiplied over d.
        let length = self.ints(&[1, heads as i64, KEY_CHANNELS as i64, -1]);
        let queries = self.node("Reshape", &[queries, &length], &[]);
        let queries = self.node("Transpose", &[&queries], &[Attribute::Ints("perm", &[0, 1, 3, 2])]);
        let keys = self.node("Reshape", &[keys, &length], &[]);
        let likeness = self.node("MatMul", &[&queries, &keys], &[]);

        // Distance: [h, 1, h, 1] + [1, w, 1, w].
        let down = self.distances(&height, [1, 3]);
        let across = self.distances(&width, [0, 2]);
        let far = self.node("Add", &[&down, &across], &[]);
        let square = self.node("Concat", &[&cells_list, &cells_list], &list);
        let far = self.node("Reshape", &[&far, &square], &[]);
        let nearness = self.floats(&[1, heads, 1, 1], &attention.nearness);
        let far = self.node("Mul", &[&far, &nearness], &[]);
        let scores = self.node("Sub", &[&likeness, &far], &[]);

        // What is unknown hardly counts.
        let flat = self.ints(&[1, 1, 1, -1]);
        let mask = self.mask(hints);
        let mask = self.node("Reshape", &[&mask, &flat], &[]);
        let [one, unknown] = [1.0, attention.unknown].map(|value| self.floats(&[], &[value]));
        let mask = self.node("Sub", &[&mask, &one], &[]);
        let mask = self.node("Mul", &[&mask, &unknown], &[]);
        let scores = self.node("Add", &[&scores, &mask], &[]);

        // One column more for believing no hint.
        let nothing = self.floats(&[1, heads, 1, 1], &attention.nothing);
        let [lead, single] = [&[1, heads as i64][..], &[1]].map(|sizes| self.ints(sizes));
        let column = self.node("Concat", &[&lead, &cells_list, &single], &list);
        let nothing = self.node("Expand", &[&nothing, &column], &[]);
        let scores = self.node("Concat", &[&scores, &nothing], &[Attribute::Int("axis", 3)]);
        let shares = self.node("Softmax", &[&scores], &[Attribute::Int("axis", 3)]);
        let [zero, but_one, last] = [0, -1, 3].map(|i| self.ints(&[i]));
        let shares = self.node("Slice", &[&shares, &zero, &but_one, &last], &[]);

        let planes = self.ints(&[1, 1, 3, -1]);
        let values = self.node("Reshape", &[hints, &planes], &[]);
        let values = self.node("Transpose", &[&values], &[Attribute::Ints("perm", &[0, 1, 3, 2])]);
        let found = self.node("MatMul", &[&shares, &values], &[]);
        let found = self.node("Transpose", &[&found], &[Attribute::Ints("perm", &[0, 1, 3, 2])]);
        let lead = self.ints(&[1, 3 * heads as i64]);
        let shape = self.node("Concat", &[&lead, &height_list, &width_list], &list);
        self.node("Reshape", &[&found, &shape], &[])
    }

    fn self_attend(&mut self, [heads, length]: [usize; 2], mixed: &str) -> String {
        let (heads, length) = (heads as i64, length as i64);
        let split = self.ints(&[3, heads, length, -1]);
        let parts = self.node("Reshape", &[mixed, &split], &[]);
        let [queries, keys, values] = [0, 1, 2].map(|i| {
            let i = self.int(i);
            self.node("Gather", &[&parts, &i], &[Attribute::Int("axis", 0)]) // [heads, d, cells]
        });
        let turned = [Attribute::Ints("perm", &[0, 2, 1])];
        let queries = self.node("Transpose", &[&queries], &turned);
        let scores = self.node("MatMul", &[&queries, &keys], &[]);
        let scale = self.floats(&[], &[(length as f32).sqrt().recip()]);
        let scores = self.node("Mul", &[&scores, &scale], &[]);
        let shares = self.node("Softmax", &[&scores], &[Attribute::Int("axis", 2)]);
        let shares = self.node("Transpose", &[&shares], &turned);
        let seen = self.node("MatMul", &[&values, &shares], &[]);
        let size = self.node("Shape", &[mixed], &[]);
        let [start, end] = [2, 4].map(|i| self.ints(&[i]));
        let sides = self.node("Slice", &[&size, &start, &end], &[]);
        let lead = self.ints(&[1, heads * length]);
        let shape = self.node("Concat", &[&lead, &sides], &[Attribute::Int("axis", 0)]);
        self.node("Reshape", &[&seen, &shape], &[])
    }

    fn graph(self, graph: &Graph, card: &ModelCard, output: &str) -> Message {
        let channels = if output == "rgb" { 3 } else { 2 };
        let sides = match card.network {
            NetworkConfig::ChromaNet(_) => ["half_height", "half_width"],
            _ => ["height", "width"],
        };
        Message::of(|m| {
            self.nodes.iter().for_each(|node| m.message(1, node));
            m.text(2, &card.id);
            self.tensors.iter().for_each(|tensor| m.message(5, tensor));
            m.message(11, &picture(LUMA, 1, ["height", "width"]));
            if graph.takes_hints() {
                m.message(11, &picture(HINTS, 3, ["height", "width"]));
            }
            if graph.takes_temperature() {
                m.message(11, &value(TEMPERATURE, &[Side::Known(1)]));
            }
            m.message(12, &picture(output, channels, sides));
        })
    }
}

enum Side<'a> {
    Known(i64),
    Open(&'a str),
}

fn picture(name: &str, channels: i64, [height, width]: [&str; 2]) -> Message {
    value(name, &[Side::Known(1), Side::Known(channels), Side::Open(height), Side::Open(width)])
}

/// A `ValueInfoProto` of a float tensor.
fn value(name: &str, sides: &[Side<'_>]) -> Message {
    let shape = Message::of(|shape| {
        for side in sides {
            shape.message(
                1,
                &Message::of(|dimension| match side {
                    Side::Known(size) => dimension.int(1, *size),
                    Side::Open(name) => dimension.text(2, name),
                }),
            );
        }
    });
    let tensor = Message::of(|tensor| {
        tensor.int(1, FLOAT);
        tensor.message(2, &shape);
    });
    Message::of(|m| {
        m.text(1, name);
        m.message(2, &Message::of(|kind| kind.message(1, &tensor)));
    })
}
