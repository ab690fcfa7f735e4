//! Every service in a database of its own: nobody needs another's tables.

use crate::house::{addresses, install_tls, settings};
use crate::program::{Running, onsale, said};
use crate::wiring::sow_and_buy;
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};

const APART: [ServiceRole; 8] = [
    ServiceRole::Gateway,
    ServiceRole::Auth,
    ServiceRole::Booking,
    ServiceRole::Payment,
    ServiceRole::Notification,
    ServiceRole::Search,
    ServiceRole::Admin,
    ServiceRole::Sandbox,
];

async fn schemas(db: &TestDb) -> Vec<String> {
    let query = "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
                 AND nspname NOT IN ('public', 'information_schema') ORDER BY 1";
    sqlx::query_scalar(query).fetch_all(db.pool()).await.expect("the schemas")
}

#[tokio::test]
async fn every_service_has_a_database_of_its_own_and_tickets_are_sold() {
    install_tls();
    let (shared, redis, addresses) = (TestDb::empty().await, TestRedis::new().await, addresses());
    let mut settings = settings(&shared, &redis, &addresses);
    let mut apart = Vec::new();
    for role in APART {
        let db = TestDb::empty().await;
        settings.push((format!("DATABASE_URL_{}", role.as_str().to_ascii_uppercase()), db.url().to_owned()));
        apart.push((role, db));
    }
    let migrated = onsale(&["migrate"], &settings).output().expect("it runs");
    assert!(migrated.status.success(), "{}", said(&migrated));
    for (role, db) in &apart {
        assert_eq!(schemas(db).await, [role.as_str()]);
    }
    assert_eq!(schemas(&shared).await, ["bus"]);

    let roles: Vec<_> = ServiceRole::ALL.iter().map(|role| role.as_str()).collect();
    let _process = Running::start(&[&["serve"], &roles[..]].concat(), &settings);
    let (_, mails) = apart.iter().find(|(role, _)| *role == ServiceRole::Notification).expect("it has one");
    sow_and_buy(mails, &settings, &addresses).await;

    let checked = onsale(&["ledger", "check"], &settings).output().expect("it runs");
    assert!(checked.status.success(), "{}", said(&checked));
}
