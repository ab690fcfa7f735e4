-- Under which admission of a waiting room a hold was made: once its order is made, the admission is spent.

CREATE TABLE booking.admitted_holds (
    reservation_id uuid PRIMARY KEY REFERENCES booking.reservations,
    admission_id   uuid NOT NULL
);
CREATE INDEX admitted_holds_admission ON booking.admitted_holds (admission_id);
