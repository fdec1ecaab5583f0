//! What a model file or a caller gets wrong is refused by name, before any memory is touched.

use std::sync::Arc;

use outrider_core::neural::{
    ElementType, GruConfig, GruModel, GruSession, HORIZONS, Instructions, NOT_REACHED, PassJob,
    PassOutputs, ROOTS, RandomTensors, Tensor, Trie, WindowConfig, WindowModel, WindowRunner,
    WindowSession,
};

const CONFIG: WindowConfig = WindowConfig {
    d: 32,
    layers: 2,
    heads: 2,
    window: 5,
    context_moves: 9,
    feed_forward: 48,
    side_inputs: 0,
};

fn refusal(config: WindowConfig, change: impl FnOnce(&mut Vec<Tensor<'_>>)) -> String {
    let tensors = RandomTensors::window(1, &CONFIG);
    let mut views = tensors.views();
    change(&mut views);
    WindowModel::new(config, &views).err().expect("a refusal").to_string()
}

#[test]
fn a_config_out_of_range_names_its_field() {
    let cases = [
        (WindowConfig { d: 40, ..CONFIG }, "config d: 40"),
        (WindowConfig { d: 0, ..CONFIG }, "config d: 0"),
        (WindowConfig { d: 2048, ..CONFIG }, "config d: 2048"),
        (WindowConfig { heads: 0, ..CONFIG }, "config heads: 0"),
        (WindowConfig { heads: 3, ..CONFIG }, "config heads: 3"),
        (WindowConfig { d: 96, heads: 2, ..CONFIG }, "config heads: 2 of d 96"),
        (WindowConfig { layers: 0, ..CONFIG }, "config layers: 0"),
        (WindowConfig { window: 65, ..CONFIG }, "config window: 65"),
        (WindowConfig { window: 6, ..CONFIG }, "at least (window - 1) * layers + 1 = 11"),
        (WindowConfig { context_moves: 1 << 20, ..CONFIG }, "config contextMoves: 1048576"),
        (WindowConfig { feed_forward: 1040, ..CONFIG }, "config feedForward: 1040"),
        (WindowConfig { side_inputs: 17, ..CONFIG }, "config sideInputs: 17, expected 0 to 16"),
        (WindowConfig { side_inputs: 2, ..CONFIG }, "tensor side: missing"),
    ];
    for (config, words) in cases {
        let message = refusal(config, |_| ());
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_wrong_tensor_is_named() {
    let too_large = 1025_f32.to_le_bytes().repeat(32);
    let not_finite = f32::NAN.to_le_bytes().repeat(32);
    let least = vec![0x80; 32 * 32];
    let replace = |name: &'static str, bytes: Vec<u8>| {
        refusal(CONFIG, move |views| {
            let tensor = views.iter_mut().find(|tensor| tensor.name == name).expect("a tensor");
            tensor.bytes = Vec::leak(bytes);
        })
    };
    let message = replace("norm", too_large);
    assert!(message.contains("tensor norm: element 0 is 1025"), "{message}");
    let message = replace("layers.1.norm2", not_finite);
    assert!(message.contains("tensor layers.1.norm2: element 0 is NaN"), "{message}");
    let message = replace("layers.0.out", least);
    assert!(message.contains("tensor layers.0.out: element 0 is -128"), "{message}");
    let message = replace("norm", vec![0; 4]);
    assert!(message.contains("tensor norm: 4 bytes, expected 128"), "{message}");
    let message = refusal(CONFIG, |views| {
        views.pop();
    });
    assert!(message.contains("tensor horizon.scale: missing"), "{message}");
    let message = refusal(CONFIG, |views| {
        let (element_type, shape) = (ElementType::F32, &[1][..]);
        views.push(Tensor { name: "bias", element_type, shape, bytes: &[0; 4] });
    });
    assert!(message.contains("tensor bias: no part of this model"), "{message}");
    let message = refusal(CONFIG, |views| views[0].shape = &[32, 64]);
    assert!(message.contains("tensor token: F32 [32, 64], expected F32 [64, 32]"), "{message}");
    let message = refusal(CONFIG, |views| views[0].element_type = ElementType::I8);
    assert!(message.contains("tensor token: I8"), "{message}");
}

/// Passes over nodes of a chain of three, a node of it changed, and returns the refusal.
fn pass_refusal(nodes: std::ops::Range<usize>, parent: i32, token: u8, outputs: usize) -> String {
    let tensors = RandomTensors::window(1, &CONFIG);
    let model = Arc::new(WindowModel::new(CONFIG, &tensors.views()).expect("a model by the rule"));
    let mut runner = WindowRunner::new(Arc::clone(&model), Instructions::best(), 1);
    let mut session = WindowSession::new(model, 3);
    runner.append(&mut session, 1, 2, 3).expect("a move");
    let trie = Trie {
        parent: &[-1, 0, parent],
        token: &[0, 1, token],
        token_code: &[0; 3],
        code: &[0; 3],
    };
    let mut logits = vec![0; outputs];
    let outputs = PassOutputs {
        logits: &mut logits,
        not_reached: &mut vec![0; ROOTS * NOT_REACHED],
        horizons: &mut vec![0; ROOTS * HORIZONS],
    };
    let job = PassJob { session: &mut session, trie, nodes, outputs };
    runner.pass(job).err().map_or(String::new(), |error| error.to_string())
}

#[test]
fn a_pass_reads_and_writes_only_what_is_there() {
    assert_eq!(pass_refusal(0..3, 1, 63, 192), "");
    for (message, words) in [
        (pass_refusal(0..3, 2, 63, 192), "the parent of node 2 is 2"),
        (pass_refusal(0..3, -1, 63, 192), "the parent of node 2 is -1"),
        (pass_refusal(0..3, 1, 64, 192), "token: 64"),
        (pass_refusal(0..4, 1, 63, 256), "at most 3 in this session"),
        (pass_refusal(1..3, 1, 63, 192), "expected from 0 or 0 on"),
        (pass_refusal(0..3, 1, 63, 191), "shorter than 192 logits"),
    ] {
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_session_refuses_a_context_it_cannot_hold_and_one_it_has_not_read() {
    let config = GruConfig { d: 16, context_moves: 4, side_inputs: 2 };
    let tensors = RandomTensors::gru(1, &config);
    let model = Arc::new(GruModel::new(config, &tensors.views()).expect("a model by the rule"));
    let mut session = GruSession::new(model, Instructions::best(), 1);
    let trie = Trie { parent: &[-1], token: &[0], token_code: &[0], code: &[0] };
    let message =
        session.pass(trie, 0..1, &mut [0; 64], &mut []).expect_err("a refusal").to_string();
    assert!(message.contains("has read no move"), "{message}");
    for (tokens, codes) in [(&[0; 5][..], &[0; 5][..]), (&[0; 2], &[0; 3]), (&[64], &[0])] {
        assert!(session.prefill(tokens, codes, 0).is_err());
    }
    assert!(session.prefill(&[0; 4], &[0; 4], 64).is_err());
    assert!(session.append(0, 0, 64).is_err());
    session.prefill(&[0; 4], &[0; 4], 63).expect("a context");
    session.pass(trie, 0..1, &mut [0; 64], &mut []).expect("a pass");
    let message = session.set_side_inputs(&[1]).expect_err("a refusal").to_string();
    assert!(message.contains("side inputs: 1, expected none or 2"), "{message}");
    session.pass(trie, 0..1, &mut [0; 64], &mut []).expect("the session is as it was");
    let tensors = tensors.with_durations(&config);
    let foreseeing = GruModel::new(config, &tensors.views()).expect("a model by the rule");
    let mut foreseeing = GruSession::new(Arc::new(foreseeing), Instructions::best(), 1);
    foreseeing.append(1, 2, 3).expect("a move");
    let message = foreseeing.pass(trie, 0..1, &mut [0; 64], &mut []).expect_err("a refusal");
    assert!(message.to_string().contains("not reached: 0, expected at least 6240"), "{message}");
    session.set_side_inputs(&[1, 2]).expect("side inputs");
    let message =
        session.pass(trie, 0..1, &mut [0; 64], &mut []).expect_err("a refusal").to_string();
    assert!(message.contains("has read no move"), "{message}");
}
