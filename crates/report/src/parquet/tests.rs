//! Written, then read back by the `parquet` crate's own reader.

use super::*;
use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field as Cell;
use std::fs::File;

fn schema() -> Vec<Field> {
    vec![
        Field::new("point", Kind::Whole),
        Field::new("bitcoin.price_usd", Kind::Number),
        Field::new("policy", Kind::Text),
        Field::new("is_best", Kind::Flag),
    ]
}

fn rows(first: i64, numbers: &[Option<f64>]) -> [Column; 4] {
    let n = numbers.len() as i64;
    [
        Column::Whole((first..first + n).collect()),
        Column::Number(numbers.to_vec()),
        Column::Text((0..n).map(|i| ["all-mining", "Übermaß, \"x\"\n"][i as usize % 2].into()).collect()),
        Column::Flag((0..n).map(|i| i % 3 == 0).collect()),
    ]
}

fn file(groups: &[[Column; 4]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&schema(), &[("sweep", "a map"), ("seed", "7")], &mut bytes).unwrap();
    groups.iter().for_each(|group| writer.row_group(group).unwrap());
    writer.finish().unwrap();
    bytes
}

/// The crate's reader over a file of these bytes.
pub(crate) fn reader(bytes: &[u8]) -> SerializedFileReader<File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

#[test]
fn what_was_written_is_read_bit_for_bit() {
    let numbers = [Some(0.1 + 0.2), None, Some(f64::MIN_POSITIVE), Some(-1e308), Some(-0.0)];
    let reader = reader(&file(&[rows(0, &numbers), rows(5, &numbers[..3])]));
    assert_eq!(reader.num_row_groups(), 2);
    let read: Vec<Vec<Cell>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(_, cell)| cell.clone()).collect())
        .collect();
    assert_eq!(read.len(), 8);
    for (i, row) in read.iter().enumerate() {
        let k = i % 5;
        assert_eq!(row[0], Cell::Long(i as i64));
        match (&row[1], numbers[k]) {
            (Cell::Double(found), Some(number)) => assert_eq!(found.to_bits(), number.to_bits()),
            (found, number) => assert!(*found == Cell::Null && number.is_none(), "{found:?} for {number:?}"),
        }
        assert_eq!(row[2], Cell::Str(["all-mining", "Übermaß, \"x\"\n"][k % 2].into()));
        assert_eq!(row[3], Cell::Bool(k % 3 == 0));
    }
}

#[test]
fn the_schema_and_what_the_footer_says_are_kept() {
    let reader = reader(&file(&[rows(0, &[Some(1.0)])]));
    let metadata = reader.metadata().file_metadata();
    let columns = metadata.schema_descr().columns();
    let types: Vec<_> = columns.iter().map(|column| column.physical_type()).collect();
    assert_eq!(types, [Physical::INT64, Physical::DOUBLE, Physical::BYTE_ARRAY, Physical::BOOLEAN]);
    assert_eq!(columns[1].name(), "bitcoin.price_usd");
    assert_eq!(columns[1].self_type().get_basic_info().repetition(), Repetition::OPTIONAL);
    assert_eq!(columns[2].logical_type_ref(), Some(&LogicalType::String));
    let pairs = metadata.key_value_metadata().unwrap();
    assert!(pairs.iter().any(|pair| pair.key == "sweep" && pair.value.as_deref() == Some("a map")));
    // Text alone has a dictionary.
    let chunks = reader.metadata().row_group(0).columns();
    let with_dictionary: Vec<bool> =
        chunks.iter().map(|chunk| chunk.dictionary_page_offset().is_some()).collect();
    assert_eq!(with_dictionary, [false, false, true, false]);
}

#[test]
fn what_is_no_number_is_null() {
    let reader = reader(&file(&[rows(0, &[Some(f64::NAN), Some(f64::INFINITY), Some(2.0)])]));
    let read: Vec<Cell> = reader
        .get_row_iter(None)
        .unwrap()
        .filter_map(|row| row.unwrap().get_column_iter().nth(1).map(|(_, cell)| cell.clone()))
        .collect();
    assert_eq!(read, [Cell::Null, Cell::Null, Cell::Double(2.0)]);
}

#[test]
fn equal_tables_are_equal_files() {
    let groups = [rows(0, &[Some(1.5), None, Some(-3.0)])];
    assert_eq!(file(&groups), file(&groups));
}

#[test]
fn a_table_without_rows_can_be_read() {
    for groups in [vec![], vec![rows(0, &[])]] {
        let reader = reader(&file(&groups));
        assert_eq!((reader.num_row_groups(), reader.metadata().file_metadata().num_rows()), (0, 0));
    }
}

#[test]
fn columns_that_do_not_fit_are_refused_by_name() {
    let refuse = |columns: &[Column]| {
        let mut writer = Writer::new(&schema(), &[], Vec::new()).unwrap();
        writer.row_group(columns).unwrap_err().to_string()
    };
    let good = rows(0, &[Some(1.0), None]);
    assert!(refuse(&good[..3]).contains("is_best"));
    let mut short = good.clone();
    short[2] = Column::Text(vec!["one".into()]);
    assert!(refuse(&short).contains("policy"), "{}", refuse(&short));
    let mut other = good.clone();
    other[0] = Column::Flag(vec![true, false]);
    assert!(refuse(&other).contains("point"));
    let mut more = good.to_vec();
    more.push(Column::Flag(vec![true, false]));
    assert!(refuse(&more).contains("after the last"));
}

#[test]
fn names_that_repeat_are_refused() {
    let schema = [Field::new("policy", Kind::Text), Field::new("policy", Kind::Number)];
    assert!(
        matches!(Writer::new(&schema, &[], Vec::new()), Err(ParquetError::Name(name)) if name == "policy")
    );
}

#[test]
fn a_full_disk_is_an_error() {
    /// Takes some bytes and then no more.
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let whole = file(&[rows(0, &[Some(1.0); 100])]).len();
    let write = |room: usize| {
        let mut writer = Writer::new(&schema(), &[("sweep", "a map"), ("seed", "7")], Full(room))?;
        writer.row_group(&rows(0, &[Some(1.0); 100]))?;
        writer.finish()
    };
    assert!(write(whole).is_ok());
    for room in [0, 3, whole / 2, whole - 1] {
        let error = write(room).unwrap_err();
        assert!(matches!(error, ParquetError::Write(_)), "{error}");
    }
}
