//! `examples/fix_torture`, briefly: no bytes from outside may stop a session's process.

#[path = "../examples/fix_torture/mutate.rs"]
mod mutate;
#[path = "../../../fuzz/src/properties.rs"]
mod properties;
#[path = "../examples/fix_torture/rounds.rs"]
mod rounds;

#[test]
fn hostile_bytes_are_read_within_bounds_or_a_venue_could_end_the_gateway() {
    assert!(rounds::run(60_000, 1) > 0);
}

#[test]
fn the_messages_it_begins_with_are_sound_or_only_garbage_would_be_tried() {
    for body in mutate::BODIES {
        let message = mutate::framed(&mutate::bytes_of(body));
        let frame = outrider_core::next_frame(&message);
        assert_eq!(frame, (0, outrider_core::Frame::Message { bytes: message.len() }));
    }
}
