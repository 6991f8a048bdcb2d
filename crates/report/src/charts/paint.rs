//! Paints a scene through plotters, to PNG and to SVG.
//!
//! Plotters places things on whole pixels. The PNG is therefore painted at three times its size and averaged down, which
//! smooths every edge; the SVG is painted at four times its size and told to show at one.

use super::palette::Ink;
use super::scene::{Align, Label, Mark, Point, Scene, WIDTH};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ColorType, ImageEncoder};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontTransform, register_font};
use std::sync::Once;

const PNG_SCALE: usize = 3;
const SVG_SCALE: usize = 4;
/// Room between words, in em.
const WORD_SPACE: f64 = 0.30;

/// How a backend of plotters treats text; all in units of the em.
#[derive(Clone, Copy)]
struct Medium {
    scale: f64,
    /// What plotters calls the size of a font.
    font_size: f64,
    /// From the place of text anchored at its top down to its baseline.
    baseline: f64,
    /// Whether the backend leaves weights and the room between words to us.
    typeset: bool,
}

impl Medium {
    // The face is 1.121 em from ascent to descent, which is what the bitmap backend takes as its size.
    const PNG: Self = Self { scale: PNG_SCALE as f64, font_size: 1.121, baseline: 0.5605, typeset: true };
    const SVG: Self = Self { scale: SVG_SCALE as f64, font_size: 1.24, baseline: 0.76, typeset: false };

    fn pixel(self, (x, y): Point) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// What to print of a label, how anchored, and how far along the text.
    ///
    /// On a bitmap plotters drops the space before each letter, which brings words together, and the face has one light
    /// weight: there words are placed one by one and printed twice, a little apart.
    fn pieces(self, label: &Label) -> Vec<(&str, HPos, f64)> {
        let (anchor, from) = match label.align {
            Align::Start => (HPos::Left, 0.0),
            Align::Middle => (HPos::Center, -0.5),
            Align::End => (HPos::Right, -1.0),
        };
        if !self.typeset {
            return vec![(&label.text, anchor, 0.0)];
        }
        // Whole pixels, so that every word gets the same weight.
        let wanted = label.size * if label.bold { 0.045 } else { 0.02 };
        let apart = (wanted * self.scale).round().max(1.0) / self.scale;
        let mut pieces = Vec::new();
        let mut right = from * face_width(&label.text, label.size);
        // Both prints of a word start from a whole pixel: rounded one by one they would lie closer or further apart.
        let (origin, along) = if label.upward { (label.at.1, -1.0) } else { (label.at.0, 1.0) };
        let snapped =
            |right: f64| (((origin + along * right) * self.scale).round() / self.scale - origin) * along;
        for word in label.text.split(' ') {
            let first = snapped(right);
            pieces.extend([(word, HPos::Left, first), (word, HPos::Left, first + apart)]);
            right += word_width(word, label.size) + WORD_SPACE * label.size;
        }
        pieces
    }
}

/// The scene as a PNG of its own size.
pub(super) fn png(scene: &Scene) -> Result<Vec<u8>, String> {
    let (width, height) = (WIDTH as usize, scene.height as usize);
    let (wide, high) = (width * PNG_SCALE, height * PNG_SCALE);
    let mut large = vec![0u8; wide * high * 3];
    let backend = BitMapBackend::with_buffer(&mut large, (wide as u32, high as u32));
    paint(scene, &backend.into_drawing_area(), Medium::PNG)?;
    let small = averaged(&large, width, height);
    // Encoded here and not by plotters, which only writes to a path: a drawing that is killed leaves nothing behind.
    let mut bytes = Vec::new();
    // Each pixel less the one before it: even areas and hatches pack several times tighter than by the encoder's own choice.
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Sub)
        .write_image(&small, width as u32, height as u32, ColorType::Rgb8)
        .map_err(|cause| cause.to_string())?;
    Ok(bytes)
}

/// The scene as an SVG document of its own size.
pub(super) fn svg(scene: &Scene) -> Result<String, String> {
    let (width, height) = (WIDTH as u32 * SVG_SCALE as u32, scene.height as u32 * SVG_SCALE as u32);
    let mut text = String::new();
    let backend = SVGBackend::with_string(&mut text, (width, height));
    paint(scene, &backend.into_drawing_area(), Medium::SVG)?;
    // The view box keeps the fine grid; only the size at which it shows changes.
    let (fine, shown) = (
        format!("width=\"{width}\" height=\"{height}\" viewBox"),
        format!("width=\"{WIDTH}\" height=\"{}\" viewBox", scene.height),
    );
    Ok(text.replacen(&fine, &shown, 1))
}

/// Mean of each square of pixels.
fn averaged(large: &[u8], width: usize, height: usize) -> Vec<u8> {
    let row = width * PNG_SCALE * 3;
    let mut small = Vec::with_capacity(width * height * 3);
    let mut sums = vec![0u16; width * 3];
    for rows in large.chunks_exact(row * PNG_SCALE) {
        sums.fill(0);
        for line in rows.chunks_exact(row) {
            for (sum, square) in sums.chunks_exact_mut(3).zip(line.chunks_exact(3 * PNG_SCALE)) {
                for pixel in square.chunks_exact(3) {
                    sum.iter_mut().zip(pixel).for_each(|(s, c)| *s += u16::from(*c));
                }
            }
        }
        let n = (PNG_SCALE * PNG_SCALE) as u16;
        small.extend(sums.iter().map(|sum| ((sum + n / 2) / n) as u8));
    }
    small
}

fn paint<DB: DrawingBackend>(
    scene: &Scene,
    area: &DrawingArea<DB, Shift>,
    medium: Medium,
) -> Result<(), String> {
    register_face();
    area.fill(&WHITE).map_err(|cause| cause.to_string())?;
    for mark in &scene.marks {
        match mark {
            Mark::Line { points, width, ink } => {
                let stroke = (width * medium.scale).round().max(1.0) as u32;
                let style = ShapeStyle { color: color(*ink), filled: false, stroke_width: stroke };
                let pixels = pixels(points, medium);
                if pixels.len() > 1 {
                    area.draw(&PathElement::new(pixels, style)).map_err(|cause| cause.to_string())?;
                }
            }
            Mark::Area { points, ink } => {
                let pixels = pixels(points, medium);
                if pixels.len() > 2 {
                    area.draw(&Polygon::new(pixels, color(*ink).filled()))
                        .map_err(|cause| cause.to_string())?;
                }
            }
            Mark::Label(label) => write(label, area, medium)?,
        }
    }
    area.present().map_err(|cause| cause.to_string())
}

fn write<DB: DrawingBackend>(
    label: &Label,
    area: &DrawingArea<DB, Shift>,
    medium: Medium,
) -> Result<(), String> {
    let style = if label.bold { FontStyle::Bold } else { FontStyle::Normal };
    let turn = if label.upward { FontTransform::Rotate270 } else { FontTransform::None };
    let font = FontDesc::new(FontFamily::SansSerif, label.size * medium.font_size * medium.scale, style);
    let ink = color(label.ink);
    let style = TextStyle::from(font.transform(turn)).color(&ink);
    for (text, anchor, right) in medium.pieces(label) {
        // In the frame of the text: right along it, and up from the baseline to its top.
        let (up, (x, y)) = (medium.baseline * label.size, label.at);
        let top = if label.upward { (x - up, y - right) } else { (x + right, y - up) };
        let style = style.pos(Pos::new(anchor, VPos::Top));
        area.draw_text(text, &style, medium.pixel(top)).map_err(|cause| cause.to_string())?;
    }
    Ok(())
}

/// Pixels of the points, without repetitions.
fn pixels(points: &[Point], medium: Medium) -> Vec<(i32, i32)> {
    let mut pixels: Vec<(i32, i32)> = points.iter().map(|point| medium.pixel(*point)).collect();
    pixels.dedup();
    pixels
}

fn color(ink: Ink) -> RGBAColor {
    let (red, green, blue) = ink.rgb;
    RGBAColor(red, green, blue, ink.alpha)
}

/// Width of text in the face within the program.
pub(super) fn face_width(text: &str, size: f64) -> f64 {
    let words = text.split(' ').map(|word| word_width(word, size)).sum::<f64>();
    words + text.matches(' ').count() as f64 * WORD_SPACE * size
}

fn word_width(word: &str, size: f64) -> f64 {
    // Measured large, because plotters gives whole pixels.
    const MEASURED_AT: f64 = 200.0;
    register_face();
    let font = FontDesc::new(FontFamily::SansSerif, MEASURED_AT * Medium::PNG.font_size, FontStyle::Normal);
    font.layout_box(word).map_or(0.0, |((left, _), (right, _))| f64::from(right - left) / MEASURED_AT * size)
}

/// Gives plotters its sans-serif; other styles fall back to this face.
fn register_face() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Cannot fail: the face is whole, as every test that paints shows.
        drop(register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT));
    });
}
