"""A web page of twenty lines: `pip install ./python gradio`, then `python gradio_app.py`. The web app of `autochrome serve` can do more."""

import gradio as gr

import autochrome

colorizer = autochrome.Colorizer()


def colorize(image, text, saturation, filter):
    if image is None:
        return None
    try:
        return colorizer.colorize(image, text=text or None, saturation=saturation, filter=filter)
    except autochrome.AutochromeError as error:
        raise gr.Error(str(error)) from error


filters = ["none"] + [name for name, _ in autochrome.filters()]
picture, words = gr.Image(type="pil", label="Photograph"), gr.Textbox(label="What somebody remembers")
saturation, choice = gr.Slider(0, 4, 1, label="Saturation"), gr.Dropdown(filters, value="none", label="Filter")
app = gr.Interface(colorize, [picture, words, saturation, choice], gr.Image(type="pil"), title="Autochrome")

if __name__ == "__main__":
    app.launch()
