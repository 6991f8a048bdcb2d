//! Minimises a smooth function of a few variables without derivatives.
//!
//! Source: Nelder and Mead, "A simplex method for function minimization" (1965), with the usual coefficients.

const MOST_STEPS: usize = 4000;

/// Spread of function values at which the simplex counts as shrunk to a point.
const TOLERANCE: f64 = 1e-13;

/// A local minimum near `start`, from a simplex with edges of length `edge`.
///
/// Run it again from its own answer to leave a simplex that collapsed early.
pub(super) fn minimise(function: impl Fn(&[f64]) -> f64, start: &[f64], edge: f64) -> Vec<f64> {
    let n = start.len();
    let mut simplex: Vec<(f64, Vec<f64>)> = (0..=n)
        .map(|vertex| {
            let mut point = start.to_vec();
            if vertex > 0 {
                point[vertex - 1] += edge;
            }
            (function(&point), point)
        })
        .collect();
    for _ in 0..MOST_STEPS {
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        if simplex[n].0 - simplex[0].0 < TOLERANCE {
            break;
        }
        let centre: Vec<f64> =
            (0..n).map(|i| simplex[..n].iter().map(|(_, p)| p[i]).sum::<f64>() / n as f64).collect();
        let along = |length: f64| -> (f64, Vec<f64>) {
            let worst = &simplex[n].1;
            let point: Vec<f64> = centre.iter().zip(worst).map(|(c, w)| c + length * (w - c)).collect();
            (function(&point), point)
        };
        let reflected = along(-1.0);
        let candidate = if reflected.0 < simplex[0].0 {
            let expanded = along(-2.0);
            if expanded.0 < reflected.0 { expanded } else { reflected }
        } else if reflected.0 < simplex[n - 1].0 {
            reflected
        } else {
            let outside = reflected.0 < simplex[n].0;
            along(if outside { -0.5 } else { 0.5 })
        };
        if candidate.0 < simplex[n].0 {
            simplex[n] = candidate;
        } else {
            shrink(&mut simplex, &function);
        }
    }
    simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
    simplex.swap_remove(0).1
}

/// Pulls every vertex half way to the best one.
fn shrink(simplex: &mut [(f64, Vec<f64>)], function: &impl Fn(&[f64]) -> f64) {
    let best = simplex[0].1.clone();
    for (value, point) in simplex.iter_mut().skip(1) {
        for (x, b) in point.iter_mut().zip(&best) {
            *x = 0.5 * (*x + b);
        }
        *value = function(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_curved_valley() {
        let valley = |p: &[f64]| (1.0 - p[0]).powi(2) + 100.0 * (p[1] - p[0] * p[0]).powi(2);
        let bottom = minimise(valley, &[-1.2, 1.0], 0.5);
        assert!((bottom[0] - 1.0).abs() < 1e-4 && (bottom[1] - 1.0).abs() < 1e-4);
    }
}
