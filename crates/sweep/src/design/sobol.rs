//! Owen-scrambled Sobol points, and Saltelli's sample made of them.
//!
//! Sources: Burley, "Practical hash-based Owen scrambling" (2020), as the crate `sobol_burley` has it; Saltelli et al., "Variance based
//! sensitivity analysis of model output" (Comput. Phys. Commun. 181, 2010) for the arrangement of rows.

/// Points that the generator can tell apart.
pub const MAX_POINTS: usize = 1 << 16;

/// The generator's sets of dimensions that keep apart.
const MAX_DIMENSIONS: usize = sobol_burley::NUM_DIMENSIONS as usize;

/// `[n_points][n_dimensions]` in the unit cube.
///
/// # Errors
/// Beyond [`MAX_POINTS`] points, after which the sequence repeats itself, or beyond its dimensions.
pub fn points(n_points: usize, n_dimensions: usize, seed: u64) -> Result<Vec<Vec<f64>>, String> {
    if n_points > MAX_POINTS {
        return Err(format!("asks for {n_points} Sobol points; the sequence ends at {MAX_POINTS}"));
    }
    if n_dimensions > MAX_DIMENSIONS {
        return Err(format!("asks for Sobol points in {n_dimensions} dimensions; it has {MAX_DIMENSIONS}"));
    }
    // The generator takes 32 bits of seed.
    let seed = (seed ^ (seed >> 32)) as u32;
    let coordinate = |i: usize, d: usize| f64::from(sobol_burley::sample(i as u32, d as u32, seed));
    Ok((0..n_points).map(|i| (0..n_dimensions).map(|d| coordinate(i, d)).collect()).collect())
}

/// Saltelli's sample, `[n_base · (k + 2)][k]`: for each row of the base matrices A and B in turn the row of A, that of B, and for each
/// parameter the row of A with that parameter's column from B.
///
/// So the first rows of a larger sample are those of a smaller one, and a sweep that is cut short is one of fewer base rows.
///
/// # Errors
/// As [`points`]; A and B take `2 k` dimensions.
pub fn saltelli(n_base: usize, n_parameters: usize, seed: u64) -> Result<Vec<Vec<f64>>, String> {
    let both = points(n_base, 2 * n_parameters, seed)?;
    let mut rows = Vec::with_capacity(n_base * (n_parameters + 2));
    for pair in &both {
        let (a, b) = pair.split_at(n_parameters);
        rows.push(a.to_vec());
        rows.push(b.to_vec());
        rows.extend((0..n_parameters).map(|i| {
            let mut row = a.to_vec();
            row[i] = b[i];
            row
        }));
    }
    Ok(rows)
}
