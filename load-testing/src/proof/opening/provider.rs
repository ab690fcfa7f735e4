//! The way to the payment provider, which takes its time: every request is passed on so much later.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What is read at once: a call to the provider is smaller.
const READ_MAX: usize = 16 << 10;

/// How late. Cheap to clone.
#[derive(Clone)]
pub(super) struct Delay(Rc<Cell<Duration>>);

impl Delay {
    /// So late at first.
    #[must_use]
    pub(super) fn of(delay: Duration) -> Self {
        Self(Rc::new(Cell::new(delay)))
    }

    /// So late from the next request on.
    pub(super) fn set(&self, delay: Duration) {
        self.0.set(delay);
    }
}

/// Passes connections on until its task is aborted; in a [`tokio::task::LocalSet`].
pub(super) async fn pass(listener: TcpListener, provider: SocketAddr, delay: Delay) {
    while let Ok((caller, _)) = listener.accept().await {
        let delay = delay.clone();
        tokio::task::spawn_local(async move {
            // Whoever cannot reach it sees the connection end, as without this one.
            let Ok(provider) = TcpStream::connect(provider).await else { return };
            let _both_know = (caller.set_nodelay(true), provider.set_nodelay(true));
            let ((requests, mut back), (mut answers, there)) = (caller.into_split(), provider.into_split());
            let answering = async { tokio::io::copy(&mut answers, &mut back).await.map(drop) };
            let _one_has_ended = tokio::join!(late(requests, there, delay), answering);
        });
    }
}

async fn late(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Delay) -> std::io::Result<()> {
    let mut bytes = vec![0; READ_MAX];
    loop {
        match from.read(&mut bytes).await? {
            0 => return to.shutdown().await,
            count => {
                tokio::time::sleep(delay.0.get()).await;
                to.write_all(&bytes[..count]).await?;
            }
        }
    }
}
