//! Randomness that depends on a place alone.

/// A number in [0, 1) for each index.
#[inline]
pub(super) fn hash(seed: u32, index: i32) -> f32 {
    let mut x = seed.wrapping_mul(0x9E37_79B9) ^ (index as u32).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
    x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    ((x ^ (x >> 16)) >> 8) as f32 / (1u32 << 24) as f32
}

/// A number between `low` and `high` for each index.
pub(super) fn between(seed: u32, index: i32, low: f32, high: f32) -> f32 {
    low + (high - low) * hash(seed, index)
}

/// 0 to 1 without kinks.
#[inline]
pub(super) fn ease(x: f32) -> f32 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// Smooth noise along a line, -1 to 1.
pub(super) fn line(seed: u32, x: f32) -> f32 {
    let cell = x.floor();
    let (a, b) = (hash(seed, cell as i32), hash(seed, cell as i32 + 1));
    (a + (b - a) * ease(x - cell)) * 2.0 - 1.0
}

/// Several sizes of [`line`], each half as high as the one before.
pub(super) fn ridge(seed: u32, x: f32, octaves: u32) -> f32 {
    let (mut sum, mut share, mut scale) = (0.0, 0.5, 1.0);
    for octave in 0..octaves {
        sum += share * line(seed.wrapping_add(octave * 101), x * scale);
        share *= 0.5;
        scale *= 2.03;
    }
    sum
}

/// Smooth noise in a plane, 0 to 1, of several sizes.
pub(super) fn plane(seed: u32, x: f32, y: f32) -> f32 {
    let (mut sum, mut share, mut scale) = (0.0, 0.5, 1.0);
    for octave in 0..5 {
        sum += share * cell(seed.wrapping_add(octave * 57), x * scale, y * scale);
        share *= 0.5;
        scale *= 2.03;
    }
    sum
}

fn cell(seed: u32, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (ease(x - left), ease(y - top));
    let corner = |dx: i32, dy: i32| {
        hash(seed, (left as i32 + dx).wrapping_mul(7919).wrapping_add((top as i32 + dy) * 104_729))
    };
    let upper = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * u;
    let lower = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * u;
    upper + (lower - upper) * v
}
