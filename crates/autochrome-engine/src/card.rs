//! What a weights file says of itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::NetError;
use crate::networks::chroma_net::ChromaNetConfig;
use crate::networks::self_attention;
use crate::networks::unet::UNetConfig;

/// Which network the weights belong to, and its shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NetworkConfig {
    /// The paper's U-Net.
    Unet(UNetConfig),
    /// The flagship.
    ChromaNet(ChromaNetConfig),
    /// A network of other people, in an ONNX file.
    Onnx,
}

impl NetworkConfig {
    /// That the numbers describe a network that could be.
    pub(crate) fn check(&self) -> Result<(), NetError> {
        let impossible =
            |what: &str| Err(NetError::Weights(format!("the card describes an impossible {what}")));
        match self {
            Self::Unet(UNetConfig { levels: 2..=10, width: 1..=1024, .. }) | Self::Onnx => Ok(()),
            Self::Unet(_) => impossible("U-Net"),
            Self::ChromaNet(config) if !config.decoder.iter().all(|c| (1..=4096).contains(c)) => {
                impossible("decoder")
            }
            Self::ChromaNet(ChromaNetConfig { attention_blocks: 0, .. }) => Ok(()),
            Self::ChromaNet(ChromaNetConfig { attention_blocks: 1..=64, decoder, .. })
                if decoder[1].is_multiple_of(self_attention::HEADS) =>
            {
                Ok(())
            }
            Self::ChromaNet(_) => impossible("attention"),
        }
    }
}

fn unscaled() -> f32 {
    1.0
}

/// How a network wants to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inference {
    /// The picture is scaled so that the geometric mean of its sides is this many pixels.
    pub size_px: usize,
    /// Annealing temperature of colour classes; 1 is the plain mean. Unused by networks without classes.
    #[serde(default = "unscaled")]
    pub temperature: f32,
    /// Factor on the chroma of strong colours, 1 for none.
    #[serde(default = "unscaled")]
    pub saturation: f32,
    /// Chroma, in CIELAB units, of which half that factor is left; weaker colours are held back, stronger ones grow.
    #[serde(default)]
    pub neutral_chroma: f32,
    /// Average the answers for the picture and its mirror image.
    #[serde(default)]
    pub flip: bool,
}

/// A model's facts: network, recipe, data and terms, figures with n, date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Short name for the command line.
    pub id: String,
    /// One sentence on what it is.
    pub summary: String,
    /// The network.
    pub network: NetworkConfig,
    /// How to ask it.
    pub inference: Inference,
    /// The recipe it was trained with, as TOML.
    pub recipe: String,
    /// Training samples seen, repeats counted.
    pub samples: u64,
    /// What it was trained on, and under which terms.
    pub data: String,
    /// The licence of the weights.
    pub licence: String,
    /// Figures by name; each says its n and data in the name.
    pub metrics: BTreeMap<String, f64>,
    /// Day of training, `YYYY-MM-DD`.
    pub date: String,
    /// The classes of things that its encoder's features are told apart by, in the order of their scores; none for a model
    /// without such a head.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub things: Vec<String>,
}

impl ModelCard {
    /// The card as Markdown, for people.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let network = serde_json::to_string(&self.network).unwrap_or_default();
        let mut text = format!("# Model `{}`\n\n{}\n\n", self.id, self.summary);
        let _ = write!(
            text,
            "| | |\n|---|---|\n| network | `{network}` |\n| training samples | {} |\n| date | {} |\n| licence | {} |\n",
            self.samples, self.date, self.licence
        );
        let Inference { size_px, temperature, saturation, neutral_chroma, flip } = self.inference;
        let _ = writeln!(
            text,
            "| inference | {size_px} px, temperature {temperature}, saturation {saturation}, neutral chroma {neutral_chroma}, flip {flip} |"
        );
        text.push_str("\n## Figures\n\n| figure | value |\n|---|---|\n");
        for (name, value) in &self.metrics {
            let _ = writeln!(text, "| {name} | {value:.3} |");
        }
        let _ = write!(
            text,
            "\n## Data and terms\n\n{}\n\n## Recipe\n\n```toml\n{}\n```\n",
            self.data,
            self.recipe.trim()
        );
        text
    }

    /// A small card for tests.
    #[cfg(test)]
    pub(crate) fn example() -> Self {
        Self {
            id: "example".into(),
            summary: "A card for tests.".into(),
            network: NetworkConfig::Unet(UNetConfig {
                width: 2,
                levels: 3,
                output: crate::networks::unet::Output::Ab,
                dropout: 0.5,
            }),
            inference: Inference {
                size_px: 64,
                temperature: 1.0,
                saturation: 1.0,
                neutral_chroma: 0.0,
                flip: false,
            },
            recipe: "steps = 1".into(),
            samples: 1,
            data: "none".into(),
            licence: "CC0".into(),
            metrics: BTreeMap::from([("PSNR, n = 1".into(), 20.0)]),
            date: "2026-01-01".into(),
            things: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_survives_json_and_reads_well_as_markdown() {
        let card = ModelCard::example();
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<ModelCard>(&json).unwrap(), card);
        let text = card.to_markdown();
        assert!(text.contains("PSNR, n = 1 | 20.000") && text.contains("\"kind\":\"unet\""), "{text}");
    }
}
