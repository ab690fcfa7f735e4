//! The account's security: the second factor, and the organisation that one acts for.

use super::words;
use crate::language::Language;

words! {
    security: "Security", "Seguridad";
    security_title: "Your account", "Tu cuenta";
    factor: "Second factor", "Segundo factor";
    factor_on: "On", "Activado";
    factor_off: "Off", "Desactivado";
    factor_why: "With it, signing in takes your password and a code from your telephone. Whoever learns your password alone stays outside.", "Con él, para entrar hacen falta tu contraseña y un código de tu teléfono. Quien solo conozca tu contraseña se queda fuera.";
    factor_is_on: "Signing in takes your password and a code from your device.", "Para entrar hacen falta tu contraseña y un código de tu dispositivo.";
    factor_set_up: "Set up a second factor", "Configurar un segundo factor";
    factor_needed: "Set up a second factor first", "Configura antes un segundo factor";
    factor_needed_more: "Your roles wait until your account has a second factor. It takes a minute.", "Tus roles esperan a que tu cuenta tenga un segundo factor. Se hace en un minuto.";
    factor_qr: "Code to scan with your authenticator app", "Código para escanear con tu aplicación de autenticación";
    factor_scan: "Scan this with your authenticator app.", "Escanéalo con tu aplicación de autenticación.";
    factor_type: "Or type this secret into it; it is shown only now.", "O escribe este secreto en ella; solo se muestra ahora.";
    factor_enter: "Enter the six digits that it shows now.", "Escribe las seis cifras que muestra ahora.";
    factor_code_hint: "It changes every 30 seconds.", "Cambia cada 30 segundos.";
    factor_confirm: "Confirm", "Confirmar";
    factor_confirming: "Checking…", "Comprobando…";
    factor_codes: "Your recovery codes", "Tus códigos de recuperación";
    factor_codes_more: "They are shown only now. Each one lets you in once if your device is lost: keep them where nobody else looks.", "Solo se muestran ahora. Cada uno te deja entrar una vez si pierdes el dispositivo: guárdalos donde nadie más mire.";
    factor_codes_kept: "I have kept them", "Ya los he guardado";
    factor_print: "Print", "Imprimir";
    factor_renew: "New recovery codes", "Códigos de recuperación nuevos";
    factor_renew_more: "The old ones stop working at once.", "Los anteriores dejan de valer enseguida.";
    factor_remove: "Remove the second factor", "Quitar el segundo factor";
    factor_remove_more: "From then on your password alone is enough to sign in. Where staff need a second factor, your roles wait until there is one again.", "Desde entonces bastará tu contraseña para entrar. Donde el personal necesita un segundo factor, tus roles esperarán hasta que lo haya otra vez.";
    factor_removing: "Removing…", "Quitando…";
    acting: "Organisations", "Organizaciones";
    acting_none: "You are in no organisation. Whoever runs one can invite you by a link.", "No estás en ninguna organización. Quien dirige una puede invitarte con un enlace.";
    acting_only: "You act for this organisation.", "Actúas en nombre de esta organización.";
    acting_choose: "You act for", "Actúas en nombre de";
    acting_choose_hint: "What you see and may do is of that organisation, in all tabs of this session.", "Lo que ves y puedes hacer es de esa organización, en todas las pestañas de esta sesión.";
    acting_act: "Act for it", "Actuar en su nombre";
    acting_change: "Act for another organisation", "Actuar en nombre de otra organización";
}
