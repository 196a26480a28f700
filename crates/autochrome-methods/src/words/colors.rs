//! Names of colours, English and German.

use autochrome_color::gamut;

use crate::Srgb;

/// Names, separated by spaces, and the colour they stand for: as things have it, not as screens can show it at most.
const COLORS: &[(&str, u32)] = &[
    ("red rot", 0xb3261e),
    ("crimson karmesin karmesinrot", 0xa5122d),
    ("scarlet scharlach scharlachrot", 0xc8261a),
    ("ruby rubin rubinrot", 0x96183a),
    ("burgundy bordeaux weinrot", 0x6b1a2c),
    ("maroon kastanienrot", 0x6a2420),
    ("cherry kirschrot", 0xa01c34),
    ("brick ziegelrot backsteinrot", 0x9c4a36),
    ("rust rostrot rostbraun", 0x9a4a24),
    ("terracotta terrakotta", 0xb0603f),
    ("vermilion zinnober zinnoberrot", 0xc83c22),
    ("coral koralle korallenrot", 0xd8705c),
    ("salmon lachs lachsfarben", 0xdc8c78),
    ("pink rosa", 0xd98ba4),
    ("rose rosé", 0xc9647e),
    ("magenta", 0xb02a7a),
    ("fuchsia pinkfarben", 0xc23a8a),
    ("raspberry himbeerrot", 0xa83258),
    ("orange", 0xd8761e),
    ("tangerine mandarine", 0xdc8024),
    ("pumpkin kürbis", 0xc86a20),
    ("apricot aprikose", 0xe0a878),
    ("peach pfirsich", 0xe4b094),
    ("amber bernstein", 0xc88a28),
    ("copper kupfer kupferfarben", 0xa8683c),
    ("bronze bronzefarben", 0x8c6a3c),
    ("gold golden goldfarben", 0xc09a3c),
    ("yellow gelb", 0xdcc02c),
    ("lemon zitronengelb", 0xe0d048),
    ("mustard senfgelb", 0xb8942c),
    ("straw strohgelb", 0xd0b870),
    ("honey honiggelb", 0xc89838),
    ("ochre ocker", 0xb08038),
    ("saffron safran safrangelb", 0xdca02c),
    ("brown braun", 0x7a5232),
    ("chestnut kastanienbraun", 0x7a4430),
    ("chocolate schokoladenbraun", 0x5c3a28),
    ("coffee kaffeebraun", 0x5e4632),
    ("caramel karamell", 0xa8743e),
    ("cinnamon zimt", 0x9c5e38),
    ("hazel haselnuss haselnussbraun", 0x8a643c),
    ("walnut nussbraun", 0x6a4c36),
    ("mahogany mahagoni", 0x6c3426),
    ("sienna siena", 0x94562e),
    ("umber umbra", 0x6c543a),
    ("tan hellbraun", 0xb89468),
    ("camel kamel", 0xb48c58),
    ("fawn rehbraun", 0xa88864),
    ("khaki", 0x948a5c),
    ("beige", 0xccb896),
    ("sand sandfarben", 0xc8b084),
    ("cream creme cremefarben", 0xe8dcb8),
    ("ivory elfenbein", 0xe8e0c8),
    ("ecru", 0xd0c4a0),
    ("blond blonde", 0xc8a86c),
    ("auburn", 0x7c3c26),
    ("ginger rotblond", 0xb06a34),
    ("brunette brünett", 0x5e4230),
    ("green grün", 0x3c8038),
    ("lime limette limettengrün", 0x8cb82c),
    ("grass grasgrün", 0x5a8c34),
    ("emerald smaragd smaragdgrün", 0x1c8458),
    ("jade jadegrün", 0x3c9070),
    ("mint minze mintgrün", 0x90c8a8),
    ("olive oliv olivgrün", 0x74702c),
    ("moss moos moosgrün", 0x646c34),
    ("forest waldgrün", 0x2c5c34),
    ("fir tannengrün", 0x2c5240),
    ("sage salbei salbeigrün", 0x94a484),
    ("pistachio pistazie", 0xa8c07c),
    ("apple apfelgrün", 0x84ac3c),
    ("bottle flaschengrün", 0x1c4c38),
    ("sea seegrün meergrün", 0x3c8c7c),
    ("chartreuse gelbgrün", 0xacc030),
    ("turquoise türkis", 0x30a8a4),
    ("teal petrol", 0x1c7078),
    ("cyan zyan", 0x30b0c8),
    ("aqua wasserblau", 0x60c0c8),
    ("aquamarine aquamarin", 0x6cc0ac),
    ("blue blau", 0x2c5aa8),
    ("azure azur azurblau", 0x3c8cd0),
    ("sky himmelblau", 0x70a8d8),
    ("baby babyblau", 0x98c0e0),
    ("powder taubenblau", 0x8098b0),
    ("cornflower kornblume kornblumenblau", 0x5474c0),
    ("royal königsblau", 0x2440a8),
    ("cobalt kobalt kobaltblau", 0x1c48a0),
    ("ultramarine ultramarin", 0x2c34a0),
    ("sapphire saphir saphirblau", 0x1c4890),
    ("navy marine marineblau", 0x202c5c),
    ("midnight nachtblau mitternachtsblau", 0x1c2448),
    ("indigo", 0x343478),
    ("denim jeansblau", 0x4c6c94),
    ("steel stahlblau", 0x587890),
    ("slate schiefer schiefergrau", 0x647080),
    ("ice eisblau", 0xb4d4e0),
    ("violet violett veilchenblau", 0x70409c),
    ("purple purpur lila", 0x7c3890),
    ("lavender lavendel", 0xa898d0),
    ("lilac flieder", 0xb494c8),
    ("mauve malve", 0xa87c9c),
    ("plum pflaume", 0x703c60),
    ("aubergine eggplant", 0x4c2c48),
    ("orchid orchidee", 0xb468b4),
    ("amethyst", 0x8858b0),
    ("wine", 0x6b1a38),
    ("white weiß weiss", 0xf4f4f4),
    ("snow schneeweiß", 0xfafafa),
    ("pearl perlweiß", 0xe8e4dc),
    ("silver silber silbern", 0xb8bcc0),
    ("gray grey grau", 0x808080),
    ("ash aschgrau", 0x9c9a96),
    ("smoke rauchgrau", 0x74746f),
    ("charcoal anthrazit", 0x3c4044),
    ("graphite graphit", 0x4c5054),
    ("black schwarz", 0x1c1c1c),
    ("ebony ebenholz", 0x2c2420),
    ("jet tiefschwarz", 0x121212),
    ("taupe", 0x84786c),
    ("mouse mausgrau", 0x8c8884),
];

/// Words before a colour, by how much they change its lightness (L of CIELAB) and by which factor its chroma.
const SHADES: &[(&str, f32, f32)] = &[
    ("light hell", 15.0, 0.8),
    ("pale blass blaß zart pastel pastell", 20.0, 0.5),
    ("dark dunkel", -18.0, 0.85),
    ("deep tief", -10.0, 1.15),
    ("bright vivid leuchtend kräftig knall", 4.0, 1.35),
    ("dull muted matt faded stumpf", 0.0, 0.6),
    ("warm", 0.0, 1.1),
];

/// The colour of this name in lower case, with or without a shade before it: `red`, `dark blue`, `dunkelblau`, `hellgrünes`.
pub(super) fn color(words: &[&str]) -> Option<Srgb> {
    match words {
        [word] => plain(word).or_else(|| joined(word)),
        [shade, rest @ ..] if !rest.is_empty() => {
            // A colour may be named by what has it: `sky blue`, `bottle green`.
            let whole = words.concat();
            let by_thing = |rest: &[&str]| color(rest).and(plain(shade));
            plain(&whole).or_else(|| Some(shaded(shade_of(shade)?, color(rest)?))).or_else(|| by_thing(rest))
        }
        _ => None,
    }
}

/// Every English name, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COLORS.iter().filter_map(|(names, _)| names.split(' ').next())
}

/// Whether the word changes the colour behind it.
pub(super) fn is_shade(word: &str) -> bool {
    shade_of(word).is_some()
}

/// Every name in both languages.
#[cfg(test)]
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    COLORS.iter().flat_map(|(names, _)| names.split(' '))
}

fn plain(word: &str) -> Option<Srgb> {
    named(word).map(|(_, color)| color)
}

/// A colour by its name without a shade, with its English name.
pub(super) fn named(word: &str) -> Option<(&'static str, Srgb)> {
    let is = |name: &str| {
        let ending = word.strip_prefix(name)?;
        // Endings of German adjectives; English ones have none.
        matches!(ending, "" | "e" | "er" | "es" | "en" | "em" | "farben" | "farbene" | "farbener")
            .then_some(())
    };
    let (names, rgb) = COLORS.iter().find(|(names, _)| names.split(' ').any(|name| is(name).is_some()))?;
    let [_, red, green, blue] = rgb.to_be_bytes();
    Some((names.split(' ').next().unwrap_or_default(), Srgb { red, green, blue }))
}

/// `dunkelblau`, and `dark-blue` where the hyphen was kept.
fn joined(word: &str) -> Option<Srgb> {
    SHADES.iter().find_map(|(names, lightness, chroma)| {
        let rest = names.split(' ').find_map(|name| word.strip_prefix(name))?;
        Some(shaded((*lightness, *chroma), plain(rest.trim_start_matches('-'))?))
    })
}

fn shade_of(word: &str) -> Option<(f32, f32)> {
    let (_, lightness, chroma) =
        SHADES.iter().find(|(names, ..)| names.split(' ').any(|name| name == word))?;
    Some((*lightness, *chroma))
}

fn shaded((lightness, factor): (f32, f32), color: Srgb) -> Srgb {
    let [luma, a, b] = color.to_lab();
    let luma = (luma + lightness).clamp(0.0, 100.0);
    Srgb::from_lab(gamut::clip_chroma([luma, factor * a, factor * b]))
}
