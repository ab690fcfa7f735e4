//! The frame around every page, and the parts that any page may have.

use super::words;
use crate::language::Language;
use crate::theme::Theme;

words! {
    own_name: "English", "Español";
    skip: "Skip to content", "Saltar al contenido";
    home_label: "Onsale, home", "Onsale, inicio";
    main_nav: "Main", "Principal";
    events: "Events", "Eventos";
    my_tickets: "My tickets", "Mis entradas";
    account: "Account", "Cuenta";
    foot: "Onsale · every price is the whole price", "Onsale · cada precio es el precio completo";
    for_developers: "For developers", "Para desarrolladores";
    appearance: "Appearance", "Aspecto";
    offline: "You are offline. What you see may be old; nothing is sent until you are back.", "Estás sin conexión. Lo que ves puede ser antiguo; no se envía nada hasta que vuelvas.";
    back_online: "You are back online.", "Vuelves a tener conexión.";
    close: "Close", "Cerrar";
    dismiss: "Dismiss", "Descartar";
    loading: "Loading…", "Cargando…";
    needs_script: "This page needs JavaScript. Turn it on, or buy by telephone or at the counter of the venue.", "Esta página necesita JavaScript. Actívalo, o compra por teléfono o en la taquilla de la sala.";
    from: "from", "desde";
    to: "to", "a";
    back: "All events", "Todos los eventos";
}

impl Language {
    /// What a theme is called.
    pub fn theme(self, theme: Theme) -> &'static str {
        match (self, theme) {
            (Self::En, Theme::Auto) => "Automatic",
            (Self::En, Theme::Light) => "Light",
            (Self::En, Theme::Dark) => "Dark",
            (Self::Es, Theme::Auto) => "Automático",
            (Self::Es, Theme::Light) => "Claro",
            (Self::Es, Theme::Dark) => "Oscuro",
        }
    }
}
