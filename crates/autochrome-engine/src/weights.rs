//! Weights on disk: safetensors, half precision, the model card in the header.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::{ModelCard, NetError, float16};

/// A tensor outside any device.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedTensor {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Values, last axis fastest.
    pub values: Vec<f32>,
}

/// Tensors by their path in the module, `encoder.stem.conv.weight` for example.
pub type Tensors = BTreeMap<String, NamedTensor>;

/// The header key that holds the card.
const CARD_KEY: &str = "autochrome.card";

/// Tensors and card as the bytes of a safetensors file in half precision.
///
/// # Errors
/// [`NetError::Weights`] when a value does not fit half precision or the card cannot be written.
pub fn to_bytes(tensors: &Tensors, card: &ModelCard) -> Result<Vec<u8>, NetError> {
    let mut halves = Vec::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let mut bytes = Vec::with_capacity(tensor.values.len() * 2);
        for &value in &tensor.values {
            let half = float16::from_f32(value).ok_or_else(|| {
                NetError::Weights(format!("'{name}' holds {value}, which half precision cannot"))
            })?;
            bytes.extend_from_slice(&half.to_le_bytes());
        }
        halves.push((name.as_str(), tensor.shape.clone(), bytes));
    }
    let card = serde_json::to_string(card).map_err(|e| NetError::Weights(e.to_string()))?;
    serialize(&halves, Dtype::F16, Some(HashMap::from([(CARD_KEY.to_owned(), card)])))
}

/// Tensors alone, in single precision: state that must come back exactly.
///
/// # Errors
/// [`NetError::Weights`] when a shape does not fit its values.
pub fn to_exact_bytes(tensors: &Tensors) -> Result<Vec<u8>, NetError> {
    let bytes: Vec<_> = tensors
        .iter()
        .map(|(name, tensor)| {
            let bytes: Vec<u8> = tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect();
            (name.as_str(), tensor.shape.clone(), bytes)
        })
        .collect();
    serialize(&bytes, Dtype::F32, None)
}

/// Tensors of a safetensors file, with or without a card.
///
/// # Errors
/// [`NetError::Weights`] when the bytes are no safetensors file of single or half precision.
pub fn tensors_of(bytes: &[u8]) -> Result<Tensors, NetError> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| NetError::Weights(e.to_string()))?;
    let mut tensors = Tensors::new();
    for (name, view) in file.iter() {
        let values = match view.dtype() {
            Dtype::F16 => view
                .data()
                .chunks_exact(2)
                .map(|b| float16::to_f32(u16::from_le_bytes([b[0], b[1]])))
                .collect(),
            Dtype::F32 => {
                view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
            }
            other => return Err(NetError::Weights(format!("'{name}' is stored as {other:?}"))),
        };
        tensors.insert(name.to_owned(), NamedTensor { shape: view.shape().to_vec(), values });
    }
    Ok(tensors)
}

fn serialize(
    tensors: &[(&str, Vec<usize>, Vec<u8>)],
    dtype: Dtype,
    header: Option<HashMap<String, String>>,
) -> Result<Vec<u8>, NetError> {
    tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((*name, TensorView::new(dtype, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .and_then(|views| safetensors::serialize(views, header))
        .map_err(|e| NetError::Weights(e.to_string()))
}

/// Card and tensors of a safetensors file; half and single precision are read.
///
/// # Errors
/// [`NetError::Weights`] when the bytes are not a weights file of ours.
pub fn from_bytes(bytes: &[u8]) -> Result<(ModelCard, Tensors), NetError> {
    Ok((card_of(bytes)?, tensors_of(bytes)?))
}

/// The card alone, read from the header without touching the tensors.
///
/// # Errors
/// [`NetError::Weights`] when there is no card.
pub fn card_of(bytes: &[u8]) -> Result<ModelCard, NetError> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| NetError::Weights(e.to_string()))?;
    let card = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(CARD_KEY))
        .ok_or_else(|| NetError::Weights("there is no model card in the header".into()))?;
    serde_json::from_str(card).map_err(|e| NetError::Weights(format!("the model card does not parse: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensors() -> Tensors {
        let values = (0..24).map(|i| (0.7 * i as f32).sin() * 10f32.powi(i % 9 - 6)).collect();
        let kernel = NamedTensor { shape: vec![2, 3, 2, 2], values };
        let mean = NamedTensor { shape: vec![2], values: vec![0.1, -3.0] };
        Tensors::from([("judge.weight".into(), kernel), ("norm.running_mean".into(), mean)])
    }

    #[test]
    fn weights_survive_the_file_to_half_precision() {
        let before = tensors();
        let bytes = to_bytes(&before, &ModelCard::example()).unwrap();
        let (card, after) = from_bytes(&bytes).unwrap();
        assert_eq!(card, ModelCard::example());
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (a, b) in before.values().zip(after.values()) {
            assert_eq!(a.shape, b.shape);
            // Below 6e-5 half precision counts in steps of 6e-8 instead of keeping eleven digits.
            let error = |x: f32| (x.abs() / 1024.0).max(3e-8);
            assert!(a.values.iter().zip(&b.values).all(|(&x, &y)| (x - y).abs() <= error(x)));
        }
    }

    #[test]
    fn exact_bytes_give_the_same_tensors_back() {
        assert_eq!(tensors_of(&to_exact_bytes(&tensors()).unwrap()).unwrap(), tensors());
    }

    #[test]
    fn damaged_files_are_refused() {
        let bytes = to_bytes(&tensors(), &ModelCard::example()).unwrap();
        for length in [0, 7, 8, 100, bytes.len() - 1] {
            assert_eq!(from_bytes(&bytes[..length]).unwrap_err().code(), "bad-weights");
        }
    }
}
