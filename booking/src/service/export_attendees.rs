//! Who comes, as a file: CSV while it is read, XLSX by a writer that keeps a row in memory. Whatever the event's size,
//! an export holds one page of orders at a time.

use crate::domain::sheet::{self, COLUMNS};
use crate::service::{list_attendees, report_sales};
use crate::state::State;
use crate::store::inventories::Organised;
use axum::body::{Body, Bytes};
use futures::StreamExt;
use onsale_core::api::sales_desk::Attendee;
use onsale_core::{EventId, OrderId};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::io::ReaderStream;

/// How many orders are read at once: as many as auth tells the names of in one call.
const ORDERS: i64 = 100;
/// Pages that wait for the writer of a sheet.
const WAITING_MAX: usize = 2;
/// The rows that a sheet can have, its heading included.
const SHEET_ROWS_MAX: u32 = 1_048_576;
/// When to come again while others export.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Who is behind a page of an export.
struct Reading {
    state: State,
    organised: Organised,
    /// The last order that was read.
    before: Option<OrderId>,
    /// Whether nothing is left to read.
    is_over: bool,
    _turn: OwnedSemaphorePermit,
}

impl Reading {
    async fn begin(state: &State, caller: &Caller, event: &EventId) -> Result<Self, Problem> {
        let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
        let turn = Arc::clone(&state.exports).try_acquire_owned();
        let turn = turn.map_err(|_| Problem::unavailable("Others export at this moment.", RETRY_AFTER))?;
        Ok(Self { state: state.clone(), organised, before: None, is_over: false, _turn: turn })
    }

    /// The next page; nothing after the last.
    async fn page(&mut self) -> Result<Option<Vec<Attendee>>, Problem> {
        if self.is_over {
            return Ok(None);
        }
        let (attendees, last) = list_attendees::some(&self.state, &self.organised, self.before, ORDERS).await?;
        (self.before, self.is_over) = (last, last.is_none());
        Ok(Some(attendees))
    }
}

/// The list as CSV, sent while it is read.
pub async fn csv(state: &State, caller: &Caller, event: &EventId) -> Result<Body, Problem> {
    let reading = Reading::begin(state, caller, event).await?;
    let head = sheet::csv([COLUMNS.map(str::to_owned)]).map_err(Problem::internal)?;
    let first = futures::stream::once(futures::future::ready(Ok(Bytes::from(head))));
    let pages = futures::stream::try_unfold(reading, |mut reading| async move {
        let Some(page) = reading.page().await.map_err(broken_off)? else { return Ok(None) };
        let text = sheet::csv(page.iter().map(sheet::row)).map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(Some((Bytes::from(text), reading)))
    });
    Ok(Body::from_stream(first.chain(pages)))
}

/// Whoever reads the file sees that it is not whole: the answer ends before its end.
#[expect(clippy::needless_pass_by_value, reason = "as errors are mapped")]
fn broken_off(problem: Problem) -> std::io::Error {
    tracing::warn!(code = problem.code(), "an export ended before its end");
    std::io::Error::other(problem.code())
}

/// The list as a workbook, written to a file that is gone when it has been sent.
pub async fn xlsx(state: &State, caller: &Caller, event: &EventId) -> Result<Body, Problem> {
    let mut reading = Reading::begin(state, caller, event).await?;
    let (pages, mut waiting) = mpsc::channel::<Vec<Attendee>>(WAITING_MAX);
    let writing = tokio::task::spawn_blocking(move || {
        let mut book = Book::new()?;
        while let Some(page) = waiting.blocking_recv() {
            for attendee in &page {
                book.add(attendee)?;
            }
        }
        book.save()
    });
    while let Some(page) = reading.page().await? {
        if pages.send(page).await.is_err() {
            // The writer has failed: it says why.
            break;
        }
    }
    drop(pages);
    let file = writing.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))))
}

/// A workbook that is being written.
struct Book {
    book: Workbook,
    sheet: usize,
    row: u32,
}

#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error("the workbook cannot be written: {0}")]
    Sheet(#[from] XlsxError),
    #[error("the workbook's file cannot be written: {0}")]
    File(#[from] std::io::Error),
}

impl Book {
    fn new() -> Result<Self, BookError> {
        let mut book = Self { book: Workbook::new(), sheet: 0, row: 0 };
        book.head()?;
        Ok(book)
    }

    /// Begins a sheet.
    fn head(&mut self) -> Result<(), BookError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        for (column, name) in (0..).zip(COLUMNS) {
            sheet.write_string_with_format(0, column, name, &Format::new().set_bold())?;
        }
        self.row = 1;
        Ok(())
    }

    fn add(&mut self, attendee: &Attendee) -> Result<(), BookError> {
        if self.row == SHEET_ROWS_MAX {
            self.sheet += 1;
            self.head()?;
        }
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        for (column, text) in (0..).zip(sheet::row(attendee)) {
            // What is written as text is never taken for a formula.
            sheet.write_string(self.row, column, text)?;
        }
        self.row += 1;
        Ok(())
    }

    fn save(mut self) -> Result<File, BookError> {
        let mut file = tempfile::tempfile()?;
        self.book.save_to_writer(&mut file)?;
        std::io::Seek::rewind(&mut file)?;
        Ok(file)
    }
}
