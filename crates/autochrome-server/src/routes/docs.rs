//! `/openapi.json` and `/docs`: the interface for programs and for people. The page needs no script and nothing from elsewhere.

use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use crate::openapi::DOCUMENT;

/// The interface as OpenAPI 3.1.
pub async fn openapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// The same as a page.
pub async fn page() -> Response {
    static PAGE: LazyLock<String> = LazyLock::new(|| render(&DOCUMENT));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE.as_str()).into_response()
}

/// How the page looks.
pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../docs.css")).into_response()
}

/// Text with `code` in it, safe in HTML.
struct Html<'a>(&'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, part) in self.0.split('`').enumerate() {
            if number > 0 {
                f.write_str(if number % 2 == 1 { "<code>" } else { "</code>" })?;
            }
            for character in part.chars() {
                match character {
                    '&' => f.write_str("&amp;")?,
                    '<' => f.write_str("&lt;")?,
                    '>' => f.write_str("&gt;")?,
                    '"' => f.write_str("&quot;")?,
                    other => f.write_char(other)?,
                }
            }
        }
        // A lone backtick opens what nothing closes.
        if self.0.matches('`').count() % 2 == 1 { f.write_str("</code>") } else { Ok(()) }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Html<'a> {
    Html(value[field].as_str().unwrap_or(""))
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn render(document: &Value) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut page, document);
    page
}

fn write(page: &mut String, document: &Value) -> fmt::Result {
    write!(
        page,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Autochrome API</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/docs.css\"></head>\
         <body><header><h1>Autochrome API <small>{}</small></h1><p>{}</p><p>For programs: \
         <a href=\"/openapi.json\">openapi.json</a> (OpenAPI {}).</p></header><main>",
        text(&document["info"], "version"),
        text(&document["info"], "description"),
        text(document, "openapi"),
    )?;
    let operations = || {
        fields(&document["paths"])
            .flat_map(|(path, methods)| fields(methods).map(move |(method, what)| (path, method, what)))
    };
    let mut tags: Vec<&Value> = Vec::new();
    operations().map(|(_, _, what)| &what["tags"][0]).for_each(|tag| {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    });
    for tag in tags {
        write!(page, "<section><h2>{}</h2>", Html(tag.as_str().unwrap_or("")))?;
        for (path, method, what) in operations().filter(|(_, _, what)| what["tags"][0] == *tag) {
            write_operation(page, path, method, what)?;
        }
        page.push_str("</section>");
    }
    page.push_str("<section><h2>Shapes</h2>");
    for (name, schema) in fields(&document["components"]["schemas"]) {
        write_schema(page, name, schema)?;
    }
    page.push_str("</section></main></body></html>");
    Ok(())
}

fn write_operation(page: &mut String, path: &str, method: &str, what: &Value) -> fmt::Result {
    write!(
        page,
        "<article id=\"{}\"><h3><span class=\"{method}\">{}</span> <code>{}</code></h3><p><strong>{}.</strong> {}</p>",
        text(what, "operationId"),
        method.to_uppercase(),
        Html(path),
        text(what, "summary"),
        text(what, "description"),
    )?;
    let parameters = what["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        page.push_str("<table><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr>");
        for one in parameters {
            let (name, place, meaning) = (text(one, "name"), text(one, "in"), text(one, "description"));
            write!(page, "<tr><td><code>{name}</code></td><td>{place}</td><td>{meaning}</td></tr>")?;
        }
        page.push_str("</table>");
    }
    if what["requestBody"].is_object() {
        page.push_str("<p>Body:");
        write_content(page, &what["requestBody"]["content"])?;
        page.push_str("</p>");
    }
    page.push_str("<table><tr><th>Status</th><th>Meaning</th><th>Body</th></tr>");
    for (status, response) in fields(&what["responses"]) {
        write!(page, "<tr><td>{status}</td><td>{}</td><td>", text(response, "description"))?;
        write_content(page, &response["content"])?;
        page.push_str("</td></tr>");
    }
    page.push_str("</table></article>");
    Ok(())
}

fn write_content(page: &mut String, content: &Value) -> fmt::Result {
    for (kind, body) in fields(content) {
        write!(page, " <code>{}</code> {}", Html(kind), shape(&body["schema"]))?;
    }
    Ok(())
}

fn write_schema(page: &mut String, name: &str, schema: &Value) -> fmt::Result {
    write!(
        page,
        "<article id=\"schema-{0}\"><h3><code>{0}</code></h3><p>{1}</p>",
        Html(name),
        text(schema, "description")
    )?;
    if schema["properties"].is_object() {
        page.push_str("<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>");
        for (field, one) in fields(&schema["properties"]) {
            let needed =
                schema["required"].as_array().is_some_and(|all| all.iter().any(|name| name == field));
            let mark = if needed { "" } else { "?" };
            let meaning = text(one, "description");
            write!(
                page,
                "<tr><td><code>{}{mark}</code></td><td>{}</td><td>{meaning}</td></tr>",
                Html(field),
                shape(one)
            )?;
        }
        page.push_str("</table>");
    } else {
        write!(page, "<p>{}</p>", shape(schema))?;
    }
    page.push_str("</article>");
    Ok(())
}

/// A schema in a few words.
fn shape(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = Html(target.rsplit('/').next().unwrap_or("")).to_string();
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(all) = schema[choice].as_array() {
            return all.iter().map(shape).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str).map(|word| format!("<code>{}</code>", Html(word)));
        return words.collect::<Vec<_>>().join(" ");
    }
    let types = match &schema["type"] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        one => one.as_str().unwrap_or("any").to_owned(),
    };
    let of =
        if schema["items"].is_object() { format!(" of {}", shape(&schema["items"])) } else { String::new() };
    let bounds: String = [("minimum", "≥"), ("maximum", "≤")]
        .iter()
        .filter(|(name, _)| schema[name].is_number())
        .map(|(name, sign)| format!(" {sign} {}", schema[name]))
        .collect();
    let properties: Vec<String> =
        fields(&schema["properties"]).map(|(name, one)| format!("{}: {}", Html(name), shape(one))).collect();
    let inner =
        if properties.is_empty() { String::new() } else { format!(" {{ {} }}", properties.join(", ")) };
    format!("{}{of}{bounds}{inner}", Html(&types))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_address_and_needs_no_script() {
        let page = render(&DOCUMENT);
        for (path, _) in fields(&DOCUMENT["paths"]) {
            assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
        }
        for active in ["<script", "style=", "onclick", "http://", "https://"] {
            assert!(!page.contains(active), "{active}");
        }
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(Html("a <b> & `c<d`").to_string(), "a &lt;b&gt; &amp; <code>c&lt;d</code>");
        assert_eq!(Html("`x").to_string(), "<code>x</code>");
    }
}
