//! Looks at payments, gathered: one statement for all who ask at the same time, because every
//! capture begins with a look.

use crate::domain::payment::Payment;
use crate::store::payments;
use crate::writer::WriteError;
use onsale_core::PaymentId;
use onsale_platform::batch::Batcher;
use onsale_platform::shutdown::Shutdown;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

const WAITING_MAX: usize = 4_096;
const BATCH_MAX: usize = 256;

/// The way to the payments. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Reads {
    looks: Batcher<PaymentId, Result<Option<Payment>, WriteError>>,
}

impl Reads {
    /// Starts the queue.
    pub(crate) fn start(shutdown: &Shutdown, pool: PgPool) -> Self {
        let run = move |ids: Vec<PaymentId>| {
            let pool = pool.clone();
            async move { look(&pool, &ids).await }
        };
        Self { looks: Batcher::start(shutdown, "payment-reads", WAITING_MAX, BATCH_MAX, run) }
    }

    /// One payment, if it is there, as it stands after everything that was answered before.
    pub(crate) async fn find(&self, id: PaymentId) -> Result<Option<Payment>, WriteError> {
        self.looks.submit(id).await?
    }
}

async fn look(pool: &PgPool, ids: &[PaymentId]) -> Vec<Result<Option<Payment>, WriteError>> {
    let named: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let found = async { payments::find(&mut *pool.acquire().await?, &named).await };
    match found.await {
        Ok(found) => {
            let by_id: HashMap<_, _> = found.into_iter().map(|payment| (payment.id, payment)).collect();
            ids.iter().map(|id| Ok(by_id.get(id).cloned())).collect()
        }
        Err(error) => {
            let error = WriteError::Database(Arc::new(error));
            ids.iter().map(|_| Err(error.clone())).collect()
        }
    }
}
