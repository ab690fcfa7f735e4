//! The browser's database: texts by key, there after the page, the browser and the phone were closed.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

const NAME: &str = "onsale-gate";
const TABLE: &str = "texts";

/// The database; nothing where a browser keeps none, and then all lasts as long as the page. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Store(Option<IdbDatabase>);

impl Store {
    /// Opens it.
    pub(super) async fn open() -> Self {
        Self(open().await.ok())
    }

    /// Whether something is kept.
    pub(super) fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// Keeps texts and forgets others, all of it or nothing; once it returns they are there. False where they are not
    /// kept.
    pub(super) async fn put(&self, texts: &[(String, String)], forgotten: &[String]) -> bool {
        let write = |table: &IdbObjectStore| {
            for key in forgotten {
                table.delete(&JsValue::from_str(key))?;
            }
            for (key, text) in texts {
                table.put_with_key(&JsValue::from_str(text), &JsValue::from_str(key))?;
            }
            Ok(())
        };
        self.change(write).await.is_ok()
    }

    /// All texts whose keys begin so, in the order of their keys.
    pub(super) async fn all(&self, begin: &str) -> Vec<(String, String)> {
        self.read(begin).await.unwrap_or_default()
    }

    async fn read(&self, begin: &str) -> Result<Vec<(String, String)>, JsValue> {
        let (_, table) = self.begin(IdbTransactionMode::Readonly)?;
        // Asked for before the first answer: a transaction ends when nothing is asked of it.
        let (keys, texts) = (table.get_all_keys()?, table.get_all()?);
        let keys: Array = answered(&keys).await?.unchecked_into();
        let texts: Array = answered(&texts).await?.unchecked_into();
        let pairs = keys.iter().zip(texts.iter());
        let pairs = pairs.filter_map(|(key, text)| Some((key.as_string()?, text.as_string()?)));
        Ok(pairs.filter(|(key, _)| key.starts_with(begin)).collect())
    }

    async fn change(&self, write: impl FnOnce(&IdbObjectStore) -> Result<(), JsValue>) -> Result<(), JsValue> {
        let (transaction, table) = self.begin(IdbTransactionMode::Readwrite)?;
        write(&table)?;
        complete(&transaction).await
    }

    fn begin(&self, mode: IdbTransactionMode) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
        let database = self.0.as_ref().ok_or(JsValue::NULL)?;
        let transaction = database.transaction_with_str_and_mode(TABLE, mode)?;
        let table = transaction.object_store(TABLE)?;
        Ok((transaction, table))
    }
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let factory = window.indexed_db()?.ok_or(JsValue::NULL)?;
    let request = factory.open_with_u32(NAME, 1)?;
    let made = request.clone();
    let make = Closure::once_into_js(move || {
        let database: Option<IdbDatabase> = made.result().ok().and_then(|database| database.dyn_into().ok());
        let _opened_in_vain = database.map(|database| database.create_object_store(TABLE));
    });
    request.set_onupgradeneeded(Some(make.unchecked_ref()));
    answered(&request).await?.dyn_into()
}

/// What a request gives.
async fn answered(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let asked = request.clone();
        let good = Closure::once_into_js(move || {
            let _heard = resolve.call1(&JsValue::NULL, &asked.result().unwrap_or(JsValue::NULL));
        });
        let bad = Closure::once_into_js(move || {
            let _heard = reject.call0(&JsValue::NULL);
        });
        request.set_onsuccess(Some(good.unchecked_ref()));
        request.set_onerror(Some(bad.unchecked_ref()));
    });
    JsFuture::from(promise).await
}

/// Waits until a transaction's changes are there.
async fn complete(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        let good = Closure::once_into_js(move || {
            let _heard = resolve.call0(&JsValue::NULL);
        });
        let bad = Closure::once_into_js(move || {
            let _heard = reject.call0(&JsValue::NULL);
        });
        transaction.set_oncomplete(Some(good.unchecked_ref()));
        transaction.set_onabort(Some(bad.unchecked_ref()));
    });
    JsFuture::from(promise).await.map(drop)
}
