//! The tensors of a model file by name, taken one after another and checked (docs/decisions/0004).

use super::aligned::Aligned;
use super::error::{NeuralError, demand};
use super::gemm::Matrix;

/// No single of a model is larger, so that no product becomes infinite.
const SINGLE_MOST: f32 = 1024.0;

/// Type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// Little-endian singles.
    F32,
    /// Signed bytes.
    I8,
}

impl ElementType {
    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::I8 => 1,
        }
    }
}

/// A tensor as it lies in a file.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    /// Its name, as the decision lists them.
    pub name: &'a str,
    /// Type of its elements.
    pub element_type: ElementType,
    /// Its dimensions, the outermost first.
    pub shape: &'a [usize],
    /// Its elements, row-major.
    pub bytes: &'a [u8],
}

/// Tensors not taken yet.
pub struct Weights<'a>(Vec<&'a Tensor<'a>>);

impl<'a> Weights<'a> {
    /// All tensors of a file.
    pub fn new(tensors: &'a [Tensor<'a>]) -> Self {
        Self(tensors.iter().collect())
    }

    /// Whether a tensor of this name has not been taken yet.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|tensor| tensor.name == name)
    }

    /// Singles of this shape.
    ///
    /// # Errors
    /// If the tensor is not there, has another type or shape, or a value out of range.
    pub fn singles(&mut self, name: &str, shape: &[usize]) -> Result<Aligned<f32>, NeuralError> {
        let tensor = self.take(name, ElementType::F32, shape)?;
        let singles: Vec<f32> =
            tensor.bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        for (index, value) in singles.iter().enumerate() {
            demand!(
                value.is_finite() && value.abs() <= SINGLE_MOST,
                "tensor {name}: element {index} is {value}, expected -1024 to 1024"
            );
        }
        Ok(Aligned::from(&singles[..]))
    }

    /// The int8 weights of a linear, `[outputs][inputs]`, with its scales `NAME.scale`.
    ///
    /// # Errors
    /// As for `singles`, or if a weight is -128.
    pub fn linear(&mut self, name: &str, shape: [usize; 2]) -> Result<Matrix, NeuralError> {
        let order: Vec<_> = (0..shape[0]).map(Some).collect();
        self.linear_in_order(name, shape, &order)
    }

    /// As `linear`; output o of the result is output `order[o]` of the file, or zero.
    ///
    /// # Errors
    /// As for `linear`.
    pub fn linear_in_order(
        &mut self,
        name: &str,
        [outputs, inputs]: [usize; 2],
        order: &[Option<usize>],
    ) -> Result<Matrix, NeuralError> {
        let tensor = self.take(name, ElementType::I8, &[outputs, inputs])?;
        let weights: Vec<i8> = tensor.bytes.iter().map(|&byte| byte as i8).collect();
        if let Some(index) = weights.iter().position(|&weight| weight == i8::MIN) {
            return Err(NeuralError::new(format!(
                "tensor {name}: element {index} is -128, expected -127 to 127"
            )));
        }
        let scales = self.singles(&format!("{name}.scale"), &[outputs])?;
        Ok(Matrix::pack(inputs, &weights, &scales, order))
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// If a tensor is left over.
    pub fn finish(self) -> Result<(), NeuralError> {
        match self.0.first() {
            Some(tensor) => {
                Err(NeuralError::new(format!("tensor {}: no part of this model", tensor.name)))
            }
            None => Ok(()),
        }
    }

    fn take(
        &mut self,
        name: &str,
        element_type: ElementType,
        shape: &[usize],
    ) -> Result<&'a Tensor<'a>, NeuralError> {
        let Some(index) = self.0.iter().position(|tensor| tensor.name == name) else {
            return Err(NeuralError::new(format!("tensor {name}: missing")));
        };
        let tensor = self.0.swap_remove(index);
        demand!(
            tensor.element_type == element_type && tensor.shape == shape,
            "tensor {name}: {:?} {:?}, expected {element_type:?} {shape:?}",
            tensor.element_type,
            tensor.shape
        );
        let bytes = shape.iter().product::<usize>() * element_type.bytes();
        demand!(
            tensor.bytes.len() == bytes,
            "tensor {name}: {} bytes, expected {bytes}",
            tensor.bytes.len()
        );
        Ok(tensor)
    }
}
