"""Makes crates/autochrome-color/testdata/ssim.tsv: SSIM and PSNR by scikit-image of pictures that a formula draws.

pip install scikit-image; python3 tools/reference/color_ssim.py > crates/autochrome-color/testdata/ssim.tsv
"""
import numpy
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

MASK = 0xFFFFFFFF


def pair(width, height, seed, strength):
    truth = numpy.zeros((height, width, 3), numpy.uint8)
    prediction = truth.copy()
    for y in range(height):
        for x in range(width):
            for c in range(3):
                value = (x * 3 + y * 5 + c * 40 + ((x * y) >> 3)) & 255
                hashed = (x * 73856093 ^ y * 19349663 ^ c * 83492791 ^ seed * 2654435761) & MASK
                noise = (hashed >> 8) % (2 * strength + 1) - strength
                truth[y, x, c] = value
                prediction[y, x, c] = min(max(value + noise, 0), 255)
    return prediction, truth


print(f"# width, height, seed, strength, ssim, psnr; scikit-image {skimage.__version__}")
for width, height, seed, strength in [(11, 11, 1, 5), (32, 24, 2, 10), (64, 48, 3, 30), (50, 70, 4, 80), (128, 96, 5, 3), (37, 91, 6, 120)]:
    prediction, truth = pair(width, height, seed, strength)
    ssim = structural_similarity(
        prediction, truth, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)
    psnr = peak_signal_noise_ratio(truth, prediction, data_range=255)
    print(width, height, seed, strength, f"{ssim:.7f}", f"{psnr:.5f}", sep="\t")
