//! Each test has its own Redis databases.

use onsale_testkit::TestRedis;

#[tokio::test]
async fn two_tests_do_not_see_each_others_keys() {
    let (first, second) = tokio::join!(TestRedis::new(), TestRedis::new());
    assert_eq!(first.urls().len(), 3);
    for index in 0..3 {
        let (mut mine, mut theirs) = (first.connection(index).await, second.connection(index).await);
        let () = redis::cmd("SET").arg("seat").arg("1").query_async(&mut mine).await.expect("written");
        let seen: Option<String> = redis::cmd("GET").arg("seat").query_async(&mut theirs).await.expect("read");
        assert_eq!(seen, None);
    }
}
