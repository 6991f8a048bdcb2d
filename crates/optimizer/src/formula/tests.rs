use super::*;
use proptest::prelude::*;

const NAMES: [&str; 4] = ["min_mw", "absolute", "rent", "floor_price"];
const VALUES: [f64; 4] = [2.0, -3.5, 160.0, f64::NAN];

fn parse(text: &str, yields: Yields) -> Result<Formula, FormulaError> {
    Formula::parse(text, &NAMES, yields)
}

fn number(text: &str) -> Option<f64> {
    parse(text, Yields::Number).unwrap_or_else(|error| panic!("{text}: {error}")).number(|i| VALUES[i])
}

fn truth(text: &str) -> Option<bool> {
    parse(text, Yields::Truth).unwrap_or_else(|error| panic!("{text}: {error}")).truth(|i| VALUES[i])
}

#[test]
fn numbers_are_computed_from_left_to_right_by_rank() {
    for (text, expected) in [
        ("1 - 2 + 3", 2.0),
        ("10 / 4 * 2", 5.0),
        ("2 - 3 - 4", -5.0),
        ("2 + 3 * rent", 482.0),
        ("-(1 - 2) * min_mw", 2.0),
        ("2 - -min_mw", 4.0),
        ("abs(absolute - 1) * 2", 9.0),
        ("floor(absolute)", -4.0),
        ("1_000.5 + 1e3 + 2.5E-1", 2000.75),
    ] {
        assert_eq!(number(text), Some(expected), "{text}");
    }
}

#[test]
fn truths_follow_the_usual_ranks() {
    for (text, expected) in [
        ("rent > 100 && min_mw == 2 || 1 > 2", true),
        ("1 > 2 && 1 > 2 || 2 > 1", true),
        ("2 > 1 || 1 > 2 && 1 > 2", true),
        ("!(rent >= 160)", false),
        ("rent <= 160 && min_mw != 3 && absolute < 0", true),
        ("rent - 2 * min_mw > 155", true),
    ] {
        assert_eq!(truth(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_unknown_decides_nothing_and_hides_nothing() {
    for (text, expected) in [
        ("floor_price > 1", None),
        ("!(floor_price > 1)", None),
        ("floor_price != floor_price", None),
        ("rent / (min_mw - 2) > 1", None),
        ("1e300 * 1e300 > 1", None),
        ("floor_price > 1 && 1 > 2", Some(false)),
        ("1 > 2 && floor_price > 1", Some(false)),
        ("floor_price > 1 && 2 > 1", None),
        ("floor_price > 1 || 2 > 1", Some(true)),
        ("floor_price > 1 || 1 > 2", None),
    ] {
        assert_eq!(truth(text), expected, "{text}");
    }
    assert_eq!(number("0 / 0"), None);
    assert_eq!(number("abs(floor_price)"), None);
}

#[test]
fn what_is_no_formula_is_refused_with_the_reason() {
    for (text, yields, wanted) in [
        ("hash > 1", Yields::Truth, "uses `hash`, which is unknown"),
        ("rent", Yields::Truth, "wanted is a condition"),
        ("rent > 1", Yields::Number, "wanted is a number"),
        ("1 < rent < 2", Yields::Truth, "numbers on both sides"),
        ("rent && min_mw > 1", Yields::Truth, "take conditions"),
        ("!rent > 1", Yields::Truth, "takes a condition in parentheses"),
        ("-(rent > 1)", Yields::Number, "take a number"),
        ("1 + (rent > 1)", Yields::Number, "take numbers"),
        ("rent = 1", Yields::Truth, "`= rent`|`= 1`"),
        ("rent & 1", Yields::Number, "`& 1`"),
        ("rent >", Yields::Truth, "last element"),
        ("> rent", Yields::Truth, "cannot be read"),
        ("(rent", Yields::Number, "parentheses"),
        ("rent)", Yields::Number, "parenthes"),
        ("rent 2", Yields::Number, "operator is missing"),
        ("2 rent", Yields::Number, "operator is missing"),
        ("rent * / 2", Yields::Number, "binary operator"),
        ("rent(2)", Yields::Number, "cannot be read"),
        ("", Yields::Number, "empty"),
        ("   ", Yields::Number, "empty"),
        ("()", Yields::Number, "paren"),
        ("abs", Yields::Number, "last element"),
        ("rent; 2", Yields::Number, "holds `;` at character 5"),
        ("{rent}", Yields::Number, "holds `{` at character 1"),
        ("abs(rent, 2)", Yields::Number, "holds `,` at character 9"),
        ("rent × 2", Yields::Number, "holds `×` at character 6"),
        ("\"rent\"", Yields::Number, "holds `\"`"),
        (".5", Yields::Number, "holds `.`"),
    ] {
        let message = parse(text, yields).expect_err(text).to_string();
        assert!(wanted.split('|').any(|part| message.contains(part)), "`{text}`: {message}");
        assert!(!message.contains("Operator {"), "{message}");
    }
    let long = format!("1{}", " + 1".repeat(MAX_FORMULA / 4));
    assert!(matches!(parse(&long, Yields::Number), Err(FormulaError::TooLong(_))));
}

/// A formula built as a tree, whose value and text are worked out here and not by the parser.
#[derive(Debug, Clone)]
enum Tree {
    Literal(u32),
    Name(usize),
    Negated(Box<Tree>),
    Abs(Box<Tree>),
    Not(Box<Tree>),
    Joined(usize, Box<Tree>, Box<Tree>),
}

const OPERATORS: [(&str, u8); 12] = [
    ("+", 3),
    ("-", 3),
    ("*", 4),
    ("/", 4),
    ("<", 2),
    ("<=", 2),
    (">", 2),
    (">=", 2),
    ("==", 2),
    ("!=", 2),
    ("&&", 1),
    ("||", 0),
];

impl Tree {
    fn rank(&self) -> u8 {
        match self {
            Self::Joined(operator, ..) => OPERATORS[*operator].1,
            _ => 5,
        }
    }

    /// Text with no more parentheses than ranks and order from left to right ask for.
    fn text(&self) -> String {
        let inside = |tree: &Self, rank: u8| {
            if tree.rank() < rank { format!("({})", tree.text()) } else { tree.text() }
        };
        match self {
            Self::Literal(n) => format!("{}", f64::from(*n) / 8.0),
            Self::Name(i) => NAMES[*i].into(),
            Self::Negated(tree) => format!("-{}", inside(tree, 5)),
            Self::Abs(tree) => format!("abs({})", tree.text()),
            Self::Not(tree) => format!("!({})", tree.text()),
            Self::Joined(operator, a, b) => {
                let (sign, rank) = OPERATORS[*operator];
                format!("{} {sign} {}", inside(a, rank), inside(b, rank + 1))
            }
        }
    }

    fn number(&self) -> f64 {
        let finite = |x: f64| if x.is_finite() { x } else { f64::NAN };
        match self {
            Self::Literal(n) => f64::from(*n) / 8.0,
            Self::Name(i) => VALUES[*i],
            Self::Negated(tree) => -tree.number(),
            Self::Abs(tree) => tree.number().abs(),
            Self::Joined(operator, a, b) => {
                let (a, b) = (a.number(), b.number());
                finite([a + b, a - b, a * b, a / b][*operator])
            }
            Self::Not(_) => unreachable!("numbers are made of numbers"),
        }
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Self::Not(tree) => tree.truth().map(|truth| !truth),
            Self::Joined(operator, a, b) if *operator < 10 => {
                let (a, b) = (a.number(), b.number());
                let truth = [a < b, a <= b, a > b, a >= b, a == b, a != b][*operator - 4];
                (!a.is_nan() && !b.is_nan()).then_some(truth)
            }
            Self::Joined(operator, a, b) => match (a.truth(), b.truth()) {
                (Some(a), Some(b)) => Some(if *operator == 10 { a && b } else { a || b }),
                (Some(known), None) | (None, Some(known)) => (known == (*operator == 11)).then_some(known),
                _ => None,
            },
            _ => unreachable!("truths are made of comparisons"),
        }
    }
}

fn numbers() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![(0_u32..64).prop_map(Tree::Literal), (0_usize..4).prop_map(Tree::Name)];
    leaf.prop_recursive(6, 48, 2, |inner| {
        prop_oneof![
            4 => (0_usize..4, inner.clone(), inner.clone())
                .prop_map(|(o, a, b)| Tree::Joined(o, Box::new(a), Box::new(b))),
            1 => inner.clone().prop_map(|a| Tree::Negated(Box::new(a))),
            1 => inner.prop_map(|a| Tree::Abs(Box::new(a))),
        ]
    })
}

fn truths() -> impl Strategy<Value = Tree> {
    let comparison =
        (4_usize..10, numbers(), numbers()).prop_map(|(o, a, b)| Tree::Joined(o, Box::new(a), Box::new(b)));
    comparison.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            3 => (10_usize..12, inner.clone(), inner.clone())
                .prop_map(|(o, a, b)| Tree::Joined(o, Box::new(a), Box::new(b))),
            1 => inner.prop_map(|a| Tree::Not(Box::new(a))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_formula_has_the_value_of_its_tree(tree in numbers()) {
        let text = tree.text();
        prop_assume!(text.len() <= MAX_FORMULA);
        let value = tree.number();
        prop_assert_eq!(number(&text).map(f64::to_bits), (!value.is_nan()).then(|| value.to_bits()), "{}", text);
    }

    #[test]
    fn every_condition_has_the_truth_of_its_tree(tree in truths()) {
        let text = tree.text();
        prop_assume!(text.len() <= MAX_FORMULA);
        prop_assert_eq!(truth(&text), tree.truth(), "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[-+*/<>=!&|() a-c0-9._e{},rent]{0,40}") {
        for yields in [Yields::Truth, Yields::Number] {
            if let Ok(formula) = parse(&text, yields) {
                let _ = (formula.number(|i| VALUES[i]), formula.truth(|i| VALUES[i]));
            }
        }
    }

    #[test]
    fn no_order_of_words_makes_the_parser_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "rent", "min_mw", "1", "2.5", "abs", "floor", "(", ")", "+", "-", "*", "/", "<", "==", "&&", "||", "!",
            ]),
            0..24,
        )
    ) {
        let text = words.join(" ");
        for yields in [Yields::Truth, Yields::Number] {
            if let Ok(formula) = parse(&text, yields) {
                let _ = (formula.number(|i| VALUES[i]), formula.truth(|i| VALUES[i]));
            }
        }
    }
}
