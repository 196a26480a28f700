//! `#[derive(ErrorCode)]`; `autochrome-errors` documents it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, LitStr, Meta, Result, Token, Variant};

/// Gives an enum of errors `CODES`, `code()`, `category()` and `as_code()`.
///
/// Every variant needs `#[code("name", Category)]`, or `#[code(transparent)]` where it passes on the code of the error inside.
/// A code for some values of a variant alone stands before the other and ends in a condition on the fields, which are
/// references: `#[code("no-colours", BadInput, "What it means.", when = *kind == Kind::Colors)]`.
#[proc_macro_derive(ErrorCode, attributes(code))]
pub fn error_code(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    syn::parse(input).and_then(|input| expand(&input)).unwrap_or_else(Error::into_compile_error).into()
}

/// What stands between the parentheses.
enum Attr {
    Transparent,
    Code { name: LitStr, category: Ident, meaning: Option<LitStr>, when: Option<TokenStream> },
}

impl Parse for Attr {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Ident) {
            let word: Ident = input.parse()?;
            return if word == "transparent" {
                Ok(Self::Transparent)
            } else {
                Err(Error::new(word.span(), "write #[code(\"name\", Category)] or #[code(transparent)]"))
            };
        }
        let name = input.parse()?;
        input.parse::<Token![,]>()?;
        let category = input.parse()?;
        let (mut meaning, mut when) = (None, None);
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            if input.peek(LitStr) {
                meaning = Some(input.parse()?);
            } else {
                let word: Ident = input.parse()?;
                if word != "when" {
                    return Err(Error::new(word.span(), "only `when = CONDITION` may stand here"));
                }
                input.parse::<Token![=]>()?;
                when = Some(input.parse()?);
            }
        }
        Ok(Self::Code { name, category, meaning, when })
    }
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(name.span(), "only enums have codes"));
    };
    let (mut codes, mut arms) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let own = variant.attrs.iter().filter(|attribute| attribute.path().is_ident("code"));
        let own = own.map(Attribute::parse_args).collect::<Result<Vec<Attr>>>()?;
        if !own.last().is_some_and(|last| !matches!(last, Attr::Code { when: Some(_), .. })) {
            let words = "say which code it has: #[code(\"name\", Category)] or #[code(transparent)]";
            return Err(Error::new(variant.ident.span(), words));
        }
        for attr in own {
            match attr {
                Attr::Transparent => arms.push(transparent(variant)?),
                Attr::Code { name, category, meaning, when } => {
                    let pattern = pattern(variant, when.is_some());
                    let guard = when.map(|when| quote!(if #when));
                    let place = codes.len();
                    arms.push(quote!(#pattern #guard => &Self::CODES[#place]));
                    let meaning = meaning.map_or_else(|| documentation(&variant.attrs), |text| text.value());
                    codes.push(quote! {
                        ::autochrome_errors::Code {
                            name: #name,
                            category: ::autochrome_errors::Category::#category,
                            meaning: #meaning,
                        }
                    });
                }
            }
        }
    }
    let (of, generics, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        impl #of #name #generics #bounds {
            /// The codes of these errors, but for those of errors that are passed on.
            pub const CODES: &'static [::autochrome_errors::Code] = &[#(#codes),*];

            /// The code of this error.
            #[must_use]
            #[allow(unused_variables)]
            pub fn as_code(&self) -> &'static ::autochrome_errors::Code {
                match self { #(#arms),* }
            }

            /// A name that stays the same over versions, for programs to match on.
            #[must_use]
            pub fn code(&self) -> &'static str {
                self.as_code().name
            }

            /// What kind of error it is.
            #[must_use]
            pub fn category(&self) -> ::autochrome_errors::Category {
                self.as_code().category
            }
        }
    })
}

/// The variant whatever its fields are, or with its named fields for a condition.
fn pattern(variant: &Variant, with_fields: bool) -> TokenStream {
    let name = &variant.ident;
    match &variant.fields {
        Fields::Unit => quote!(Self::#name),
        Fields::Named(fields) if with_fields => {
            let fields = fields.named.iter().filter_map(|field| field.ident.as_ref());
            quote!(Self::#name { #(#fields),* })
        }
        Fields::Named(_) => quote!(Self::#name { .. }),
        Fields::Unnamed(_) => quote!(Self::#name(..)),
    }
}

/// Asks the error inside: the only field, or the one called `source`.
fn transparent(variant: &Variant) -> Result<TokenStream> {
    let name = &variant.ident;
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(quote!(Self::#name(inner) => inner.as_code()))
        }
        Fields::Named(fields)
            if fields.named.iter().any(|field| field.ident.as_ref().is_some_and(|name| name == "source")) =>
        {
            Ok(quote!(Self::#name { source: inner, .. } => inner.as_code()))
        }
        _ => Err(Error::new(name.span(), "there is no error inside, the only field or one called `source`")),
    }
}

/// The first paragraph of a doc comment as Markdown that needs no Rust around it.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let paragraph: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ").replace("[`crate::", "`").replace("[`", "`").replace("`]", "`")
}
