//! Nothing of a film is lost but the lack of colour.

use autochrome_film::{Codec, FilmOptions, Scan};

use crate::util::{Folder, lossless};

const GRAY: &str = "hue=s=0";

/// The filters that cut gray frames of this size, odd ones too, out of larger ones.
fn cropped(size: &str, format: &str) -> String {
    format!("{GRAY},format={format},crop={}:0:0:exact=1", size.replace('x', ":"))
}

#[test]
fn luma_stays_bit_for_bit_and_colour_comes() {
    let Some(folder) = Folder::with_ffmpeg("luma_stays_bit_for_bit_and_colour_comes") else { return };
    folder.film(
        "in.mkv",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=2 -vf {GRAY} -c:v ffv1 -pix_fmt yuv420p"),
    );
    let summary = folder.colorize("in.mkv", "out.mkv", &lossless()).unwrap();
    assert_eq!((summary.frames, summary.damage), (48, None));
    assert!(folder.luma("out.mkv") == folder.luma("in.mkv"));
    assert_eq!(folder.times("out.mkv"), folder.times("in.mkv"));
    let cb = folder.frames("out.mkv", "extractplanes=u");
    let mean = cb.iter().map(|v| f64::from(*v)).sum::<f64>() / cb.len() as f64;
    assert!(mean < 122.0, "orange is not blue: {mean}");
}

#[test]
fn odd_sizes_ten_bits_and_gray_are_kept() {
    let Some(folder) = Folder::with_ffmpeg("odd_sizes_ten_bits_and_gray_are_kept") else { return };
    for (name, size, format, kept) in [
        ("odd.mkv", "97x63", "yuv420p", "yuv420p"),
        ("ten.mkv", "96x64", "yuv420p10le", "yuv420p10le"),
        ("ten422.mkv", "98x64", "yuv422p10le", "yuv422p10le"),
        ("full.mkv", "64x48", "yuv444p", "yuv444p"),
        ("gray.mkv", "64x48", "gray", "yuv420p"),
        ("tiny.mkv", "2x2", "yuv420p", "yuv420p"),
    ] {
        folder.film(
            name,
            &format!(
                "-f lavfi -i testsrc2=s=200x100:r=24:d=0.5 -vf {} -c:v ffv1 -pix_fmt {format}",
                cropped(size, format)
            ),
        );
        let out = format!("out-{name}");
        folder.colorize(name, &out, &lossless()).unwrap();
        let told = folder.ask(&out, "v:0", "stream=width,height,pix_fmt");
        assert_eq!(told, format!("{},{kept}", size.replace('x', ",")), "{name}");
        assert!(folder.luma(&out) == folder.luma(name), "{name}");
    }
}

#[test]
fn odd_sizes_and_ten_bits_play_in_common_codecs() {
    let Some(folder) = Folder::with_ffmpeg("odd_sizes_and_ten_bits_play_in_common_codecs") else { return };
    for (format, size, codec, kept) in [
        ("yuv420p", "97x63", Codec::H264, "h264,97,63,yuv444p"),
        ("yuv420p10le", "96x64", Codec::H265, "hevc,96,64,yuv420p10le"),
        ("yuv420p", "96x64", Codec::ProRes, "prores,96,64,yuv422p10le"),
    ] {
        folder.film(
            "in.mkv",
            &format!(
                "-f lavfi -i testsrc2=s=200x100:r=24:d=0.5 -vf {} -c:v ffv1 -pix_fmt {format}",
                cropped(size, format)
            ),
        );
        let out = format!("{}.mov", codec.name());
        let options = FilmOptions { codec: Some(codec), ..lossless() };
        folder.colorize("in.mkv", &out, &options).unwrap();
        assert_eq!(folder.ask(&out, "v:0", "stream=codec_name,width,height,pix_fmt"), kept);
        assert_eq!(folder.times(&out).len(), 12);
    }
}

#[test]
fn a_variable_frame_rate_is_kept() {
    let Some(folder) = Folder::with_ffmpeg("a_variable_frame_rate_is_kept") else { return };
    // 24 frames a second, from the second second on 30; a late beginning.
    let filter = format!("{GRAY},setpts='if(lt(N,24),N/24,1+(N-24)/30)/TB+0.2/TB'");
    folder.film(
        "in.mp4",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=3 -vf {filter} -fps_mode passthrough -enc_time_base 1:90000 -c:v libx264 -bf 2 -video_track_timescale 90000"),
    );
    for (name, codec) in [("out.mp4", Codec::H264), ("out.mov", Codec::Ffv1)] {
        folder.colorize("in.mp4", name, &FilmOptions { codec: Some(codec), ..lossless() }).unwrap();
        let (before, after) = (folder.times("in.mp4"), folder.times(name));
        assert_eq!(before.len(), after.len());
        // Both begin at their first frame: there is no sound that it could be late for.
        let since = |times: &[f64], at: usize| times[at] - times[0];
        let far =
            (0..before.len()).map(|at| (since(&before, at) - since(&after, at)).abs()).fold(0.0, f64::max);
        assert!(far < 2e-5, "{name}: {far} s");
    }
}

#[test]
fn a_turned_anamorphic_film_is_shown_as_it_was() {
    let Some(folder) = Folder::with_ffmpeg("a_turned_anamorphic_film_is_shown_as_it_was") else { return };
    folder.film(
        "flat.mp4",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=0.5 -vf {GRAY},setsar=16/15 -c:v libx264"),
    );
    folder.film("in.mp4", "-i flat.mp4 -c copy -metadata:s:v:0 rotate=90");
    let source = folder.source("in.mp4").unwrap();
    assert!(source.turned && (source.width, source.height) == (64, 96));
    folder.colorize("in.mp4", "out.mkv", &lossless()).unwrap();
    assert_eq!(folder.ask("out.mkv", "v:0", "stream=width,height,sample_aspect_ratio"), "64,96,15:16");
    assert!(folder.luma("out.mkv") == folder.luma("in.mp4"));
}

#[test]
fn an_interlaced_film_is_deinterlaced_with_as_many_frames() {
    let Some(folder) = Folder::with_ffmpeg("an_interlaced_film_is_deinterlaced_with_as_many_frames") else {
        return;
    };
    folder.film(
        "in.mkv",
        &format!("-f lavfi -i testsrc2=s=96x64:r=50:d=1 -vf {GRAY},tinterlace=interleave_top,setfield=tff -c:v mpeg2video -flags +ilme+ildct -q:v 2"),
    );
    let summary = folder.colorize("in.mkv", "out.mkv", &lossless()).unwrap();
    assert_eq!(summary.frames as usize, folder.times("in.mkv").len());
    assert!(
        folder.luma("out.mkv") == folder.frames("in.mkv", "bwdif=mode=send_frame:deint=all,extractplanes=y")
    );
}

#[test]
fn a_telecined_film_is_known_and_its_fields_are_put_together_again() {
    let test = "a_telecined_film_is_known_and_its_fields_are_put_together_again";
    let Some(folder) = Folder::with_ffmpeg(test) else { return };
    let film = "-f lavfi -i testsrc2=s=192x144:r=24000/1001:d=6";
    let encoder = "-c:v mpeg2video -flags +ilme+ildct -q:v 1";
    folder.film("in.mkv", &format!("{film} -vf {GRAY},telecine=pattern=23,setfield=tff {encoder}"));
    let source = folder.source("in.mkv").unwrap();
    assert_eq!(source.scan, Scan::Telecined);
    assert!(source.treatment().unwrap().contains("telecined"));
    let summary = folder.colorize("in.mkv", "out.mkv", &lossless()).unwrap();
    assert_eq!(summary.frames as usize, folder.times("in.mkv").len(), "every frame stays");
    // Combs: a line differs from both its neighbours in the same direction.
    let combs = |name: &str| {
        let luma = folder.luma(name);
        let combed = |at: usize| {
            let [above, here, below] = [luma[at - 192], luma[at], luma[at + 192]].map(i32::from);
            (here - above) * (here - below) > 400
        };
        (192..luma.len() - 192).filter(|at| combed(*at)).count() as f64 / luma.len() as f64
    };
    folder.film("progressive.mkv", &format!("{film} -vf {GRAY} -c:v mpeg2video -q:v 1"));
    let (telecined, put_together, never) = (combs("in.mkv"), combs("out.mkv"), combs("progressive.mkv"));
    assert!(put_together < never + 0.25 * (telecined - never), "{telecined} {put_together} {never}");
    // The same fields, really interlaced, and a film of this rate that is neither.
    folder.film("fields.mkv", &format!("-f lavfi -i testsrc2=s=192x144:r=60000/1001:d=3 -vf {GRAY},tinterlace=interleave_top,setfield=tff {encoder}"));
    assert_eq!(folder.source("fields.mkv").unwrap().scan, Scan::Interlaced);
    folder.film(
        "plain.mkv",
        &format!("-f lavfi -i testsrc2=s=192x144:r=30000/1001:d=3 -vf {GRAY} -c:v mpeg4 -q:v 1"),
    );
    assert!(matches!(folder.source("plain.mkv").unwrap().scan, Scan::Progressive | Scan::Unknown));
}

#[test]
fn what_samples_mean_is_told_again() {
    let Some(folder) = Folder::with_ffmpeg("what_samples_mean_is_told_again") else { return };
    let tags = "-color_range tv -colorspace smpte170m -color_primaries smpte170m -color_trc bt709";
    folder.film("in.mp4", &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=0.5 -vf {GRAY} -c:v libx264 {tags}"));
    let entries = "stream=color_range,color_space,color_transfer,color_primaries";
    folder.colorize("in.mp4", "out.mp4", &FilmOptions { codec: Some(Codec::H264), ..lossless() }).unwrap();
    assert_eq!(folder.ask("out.mp4", "v:0", entries), folder.ask("in.mp4", "v:0", entries));
}

#[test]
fn sound_subtitles_chapters_and_words_are_copied() {
    let Some(folder) = Folder::with_ffmpeg("sound_subtitles_chapters_and_words_are_copied") else { return };
    std::fs::write(folder.path("a.srt"), "1\n00:00:00,200 --> 00:00:00,900\nHello\n").unwrap();
    std::fs::write(
        folder.path("chapters.txt"),
        ";FFMETADATA1\ntitle=A Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n",
    )
    .unwrap();
    folder.film(
        "in.mkv",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=2 -f lavfi -i sine=440:d=2 -f lavfi -i sine=880:d=2 -i a.srt -i chapters.txt -map 0 -map 1 -map 2 -map 3 -map_metadata 4 -map_chapters 4 -vf {GRAY} -c:v libx264 -c:a aac -metadata:s:a:1 language=deu -c:s srt"),
    );
    folder.colorize("in.mkv", "out.mkv", &lossless()).unwrap();
    let streams = folder.ask("out.mkv", "a", "stream=codec_name:stream_tags=language");
    assert_eq!(streams, "aac\naac,deu");
    assert_eq!(folder.ask("out.mkv", "s", "stream=codec_name"), "subrip");
    assert!(folder.ask("out.mkv", "v", "format_tags=title").contains("A Film"));
    assert!(folder.ask("out.mkv", "v", "chapter=start_time,end_time:chapter_tags=title").contains("One"));
    let packets = |name: &str| folder.ask(name, "a:1", "packet=size,pts_time");
    assert_eq!(packets("out.mkv"), packets("in.mkv"));

    folder.colorize("in.mkv", "out.mp4", &FilmOptions { codec: Some(Codec::H264), ..lossless() }).unwrap();
    assert_eq!(folder.ask("out.mp4", "s", "stream=codec_name"), "mov_text");
    assert_eq!(folder.ask("out.mp4", "a", "stream=codec_name"), "aac\naac");
}

#[test]
fn one_frame_is_a_film() {
    let Some(folder) = Folder::with_ffmpeg("one_frame_is_a_film") else { return };
    folder.film("in.mp4", &format!("-f lavfi -i testsrc2=s=96x64:r=24 -vf {GRAY} -frames:v 1 -c:v libx264"));
    let options = FilmOptions { codec: Some(Codec::H264), ..lossless() };
    let summary = folder.colorize("in.mp4", "out.mp4", &options).unwrap();
    assert_eq!((summary.frames, summary.scenes, folder.times("out.mp4").len()), (1, 1, 1));
}

#[test]
fn before_and_after_stand_side_by_side() {
    let Some(folder) = Folder::with_ffmpeg("before_and_after_stand_side_by_side") else { return };
    folder.film(
        "in.mkv",
        &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=0.5 -vf {GRAY} -c:v ffv1 -pix_fmt yuv420p"),
    );
    folder.colorize("in.mkv", "out.mkv", &FilmOptions { side_by_side: true, ..lossless() }).unwrap();
    assert_eq!(folder.ask("out.mkv", "v:0", "stream=width,height"), "200,64");
    let luma = folder.luma("in.mkv");
    assert!(folder.frames("out.mkv", "extractplanes=y,crop=96:64:0:0") == luma);
    assert!(folder.frames("out.mkv", "extractplanes=y,crop=96:64:104:0") == luma);
}

#[test]
fn a_range_begins_and_ends_where_it_was_said() {
    let Some(folder) = Folder::with_ffmpeg("a_range_begins_and_ends_where_it_was_said") else { return };
    folder.film("in.mkv", &format!("-f lavfi -i testsrc2=s=96x64:r=24:d=4 -f lavfi -i sine=440:d=4 -vf {GRAY} -c:v ffv1 -pix_fmt yuv420p -c:a aac"));
    let range = autochrome_film::Range { start_s: 1.0, end_s: Some(2.5) };
    let summary = folder.colorize("in.mkv", "out.mkv", &FilmOptions { range, ..lossless() }).unwrap();
    assert_eq!(summary.frames, 36);
    let (whole, part) = (folder.luma("in.mkv"), folder.luma("out.mkv"));
    assert!(part == whole[24 * 96 * 64..60 * 96 * 64]);
    let end: f64 = folder.ask("out.mkv", "v", "format=duration").parse().unwrap();
    assert!((1.4..1.7).contains(&end), "{end}");
}
