//! Each test has its own database, and it goes with the test.

use onsale_testkit::TestDb;
use sqlx::Row;

#[tokio::test]
async fn each_test_has_a_database_of_its_own_with_every_schema() {
    let (first, second) = tokio::join!(TestDb::new(), TestDb::new());
    sqlx::query("CREATE TABLE public.mine (id int)").execute(first.pool()).await.expect("a table");
    let there: Option<String> = sqlx::query_scalar("SELECT to_regclass('public.mine')::text")
        .fetch_one(second.pool())
        .await
        .expect("an answer");
    assert_eq!(there, None, "the other test's table is not here");
    let schemas: Vec<String> = sqlx::query_scalar("SELECT nspname::text FROM pg_namespace")
        .fetch_all(first.pool())
        .await
        .expect("the schemas");
    for schema in ["auth", "booking", "payment", "search", "admin", "notification", "bus"] {
        assert!(schemas.iter().any(|known| known == schema), "{schema} is among {schemas:?}");
    }
}

#[tokio::test]
async fn a_database_goes_with_its_test() {
    let watcher = TestDb::new().await;
    let gone = TestDb::new().await;
    let name = gone.url().rsplit('/').next().expect("a name").to_owned();
    let count = |name: String| {
        let pool = watcher.pool().clone();
        async move {
            let row = sqlx::query("SELECT count(*) FROM pg_database WHERE datname = $1").bind(name).fetch_one(&pool);
            row.await.expect("an answer").get::<i64, _>(0)
        }
    };
    gone.pool().acquire().await.expect("an open session does not keep the database");
    assert_eq!(count(name.clone()).await, 1);
    drop(gone);
    assert_eq!(count(name).await, 0);
}
