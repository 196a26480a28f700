//! The shape of attention of every cell to every other.
//!
//! Source: multi-head attention of Vaswani et al., "Attention Is All You Need" (2017), laid out as in Graham et al.,
//! "LeViT" (2021).

/// Attention heads; the channels are a multiple of it.
pub const HEADS: usize = 4;

/// How many times wider than the rest the two layers behind the attention are.
pub const EXPANSION: usize = 2;
