//! Views that only a browser makes, after it asked for what they show.
//!
//! A view of the framework carries the code to be written by the server, to be found again in what the server wrote,
//! and to be changed in place; most of a bundle's size is that. What no server ever writes needs none of it.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::{Mountable, Position, PositionState};

type Build = Box<dyn FnOnce() -> Box<dyn Mountable> + Send>;

/// A view that is made in the browser only, and replaced as a whole. A page's first view has none of it: until an
/// `Effect` or an answer changed something, it is an empty `Option`.
pub struct Fresh(Build);

/// How a view becomes a fresh one.
pub trait IntoFresh {
    /// The same view, for the browser only.
    fn fresh(self) -> Fresh;
}

impl<T> IntoFresh for T
where
    T: RenderHtml + 'static,
    T::State: 'static,
{
    fn fresh(self) -> Fresh {
        const { assert!(T::EXISTS, "what is not in the page cannot be replaced: use an empty Option") };
        #[cfg(feature = "hydrate")]
        {
            Fresh(Box::new(move || Box::new(self.build())))
        }
        #[cfg(not(feature = "hydrate"))]
        {
            Fresh(Box::new(|| Box::new(Render::build(()))))
        }
    }
}

/// What stands in the page.
pub struct Made(Box<dyn Mountable>);

impl Render for Fresh {
    type State = Made;

    fn build(self) -> Made {
        Made((self.0)())
    }

    fn rebuild(self, state: &mut Made) {
        let mut made = self.build();
        state.insert_before_this(&mut made);
        state.unmount();
        *state = made;
    }
}

impl Mountable for Made {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl AddAnyAttr for Fresh {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Fresh {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {
        debug_assert!(false, "a server wrote a view that is the browser's");
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Made {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
